-- Adds or changes a webhook that was read at `version`. What is on its way meanwhile counts for nothing.
-- KEYS[1] the site's root
-- ARGV    now, webhook, version ('' a new one), cursor ('' as it is | now | an id), event, count of the event's fields,
--         count of fields to remove, then the event's field, value.., the fields to remove, then field, value..
-- Reply   changed | conflict | unknown
-- @include access

local root = KEYS[1]
local now = tonumber(ARGV[1])
local id = ARGV[2]
local key = root .. ':webhook:' .. id
local version = redis.call('HGET', key, 'version')
if ARGV[3] == '' then
  if version then return { 'conflict' } end
  redis.call('ZADD', root .. ':webhooks', int(now), id)
elseif not version then
  return { 'unknown' }
elseif version ~= ARGV[3] then
  return { 'conflict' }
end
local facts, removed = tonumber(ARGV[6]), tonumber(ARGV[7])
local at = 8 + facts
for i = at, at + removed - 1 do redis.call('HDEL', key, ARGV[i]) end
at = at + removed
if #ARGV >= at then redis.call('HSET', key, unpack(ARGV, at)) end
redis.call('HINCRBY', key, 'version', 1)
record(root, now, ARGV[5], unpack(ARGV, 8, 7 + facts))
if ARGV[4] == 'now' then
  redis.call('HSET', key, 'cursor', redis.call('XREVRANGE', root .. ':events', '+', '-', 'COUNT', 1)[1][1])
elseif ARGV[4] ~= '' then
  redis.call('HSET', key, 'cursor', ARGV[4])
end
return { 'changed' }
