-- Saves a site's settings if nobody else did since they were read.
-- KEYS[1] the site's root
-- ARGV    now, version that was read, values as JSON, who
-- Reply   saved <version> | conflict <version>
-- @include access

local key = KEYS[1] .. ':settings'
local version = redis.call('HGET', key, 'version') or '0'
if version ~= ARGV[2] then return { 'conflict', version } end
redis.call('HSET', key, 'values', ARGV[3])
version = int(redis.call('HINCRBY', key, 'version', 1))
record(KEYS[1], tonumber(ARGV[1]), 'settings.changed', 'version', version, 'by', ARGV[4])
return { 'saved', version }
