-- Saves a site's settings if nobody else did since they were read. Terms of use that are not the last ones get their number in
-- the same step.
-- KEYS[1] the site's root
-- ARGV    now, version that was read, values as JSON, who, terms of use ('' none), their digest
-- Reply   saved <version> <number of the terms, 0 for none> | conflict <version>
-- @include terms

local key = KEYS[1] .. ':settings'
local now = tonumber(ARGV[1])
local version = redis.call('HGET', key, 'version') or '0'
if version ~= ARGV[2] then return { 'conflict', version } end
redis.call('HSET', key, 'values', ARGV[3])
version = int(redis.call('HINCRBY', key, 'version', 1))
local terms = put_terms(KEYS[1], now, ARGV[5], ARGV[6])
record(KEYS[1], now, 'settings.changed', 'version', version, 'by', ARGV[4])
return { 'saved', version, int(terms) }
