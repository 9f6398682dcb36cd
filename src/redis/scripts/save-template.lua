-- A mail template of a site, if nobody else saved or reset it since it was read. Versions never come twice.
-- KEYS[1] the site's root
-- ARGV    now, kind:language, version that was read, template as JSON ('' back to the default), who
-- Reply   saved <version> | conflict
-- @include access

local root = KEYS[1]
local name = ARGV[2]
local key = root .. ':templates'
local version = redis.call('HGET', key, 'version:' .. name) or '0'
if version ~= ARGV[3] then return { 'conflict' } end
version = int(redis.call('HINCRBY', key, 'version:' .. name, 1))
if ARGV[4] == '' then
  redis.call('HDEL', key, name)
  record(root, tonumber(ARGV[1]), 'template.reset', 'template', name, 'by', ARGV[5])
else
  redis.call('HSET', key, name, ARGV[4])
  record(root, tonumber(ARGV[1]), 'template.changed', 'template', name, 'by', ARGV[5])
end
return { 'saved', version }
