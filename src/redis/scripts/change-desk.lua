-- A paired desk gets another name, was seen, or is one no longer.
-- KEYS[1] the site's root
-- ARGV    now, desk, order (rename | seen | unpair), name, who
-- Reply   changed | unknown
-- @include access

local root = KEYS[1]
local now = tonumber(ARGV[1])
local id, order = ARGV[2], ARGV[3]
local key = root .. ':desk:' .. id
if redis.call('EXISTS', key) == 0 then return { 'unknown' } end
if order == 'seen' then
  redis.call('HSET', key, 'seenAt', int(now))
elseif order == 'rename' then
  redis.call('HSET', key, 'name', ARGV[4])
  record(root, now, 'desk.renamed', 'desk', id, 'by', ARGV[5])
else
  redis.call('DEL', key)
  redis.call('SREM', root .. ':desks', id)
  record(root, now, 'desk.unpaired', 'desk', id, 'by', ARGV[5])
end
return { 'changed' }
