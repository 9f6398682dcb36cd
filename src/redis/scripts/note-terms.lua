-- Gives the terms that stand in the settings a number, where the settings were saved before there were any.
-- KEYS[1] the site's root
-- ARGV    now, version of the settings that was read, text, its digest
-- Reply   noted <number> | conflict
-- @include terms

local root = KEYS[1]
local settings = root .. ':settings'
if (redis.call('HGET', settings, 'version') or '0') ~= ARGV[2] then return { 'conflict' } end
return { 'noted', int(put_terms(root, tonumber(ARGV[1]), ARGV[3], ARGV[4])) }
