-- What a client may log in with at its gateway, once and for a short time. The one before it is void. Nothing is issued where the
-- decision, or the gateway's own name for the client, is another one by now.
-- KEYS[1] the site's root
-- ARGV    gateway, mac, the gateway's own name for the client, until, user name, ms
-- Reply   noted | other

local root = KEYS[1]
local gateway, mac, username = ARGV[1], ARGV[2], ARGV[5]
local key = root .. ':access:' .. gateway .. ':' .. mac
local access = redis.call('HMGET', key, 'handle', 'until', 'credential')
if access[1] ~= ARGV[3] or access[2] ~= ARGV[4] then return { 'other' } end
if access[3] then redis.call('DEL', root .. ':credential:' .. access[3]) end
redis.call('HSET', key, 'credential', username)
redis.call('SET', root .. ':credential:' .. username, gateway .. ' ' .. mac, 'PX', ARGV[6])
return { 'noted' }
