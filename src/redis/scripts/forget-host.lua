-- Who invited the visitor is forgotten; the visit stays. Fenced by the version that was read, as its words are.
-- KEYS[1] the site's root
-- ARGV    now, visit, version, who, count of old words, old words.., new words..
-- Reply   forgotten | conflict | unknown
-- @include access

local root = KEYS[1]
local id = ARGV[2]
local key = root .. ':visit:' .. id
local version = redis.call('HGET', key, 'version')
if not version then return { 'unknown' } end
if version ~= ARGV[3] then return { 'conflict' } end
redis.call('HDEL', key, 'host', 'hostEmail')
redis.call('HINCRBY', key, 'version', 1)
local last = 5 + tonumber(ARGV[5])
for i = 6, last do redis.call('ZREM', root .. ':words', ARGV[i] .. ' ' .. id) end
for i = last + 1, #ARGV do redis.call('ZADD', root .. ':words', 0, ARGV[i] .. ' ' .. id) end
record(root, tonumber(ARGV[1]), 'visit.changed', 'visit', id, 'by', ARGV[4])
return { 'forgotten' }
