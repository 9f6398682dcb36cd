-- A link is used up and becomes a login, for exactly one of those who use it.
-- KEYS[1] the site's root
-- ARGV    now, link digest, login digest, kept (ms)
-- Reply   entered | gone
-- @include host

local root = KEYS[1]
local link = redis.call('GETDEL', root .. ':host-link:' .. ARGV[2])
if not link then return { 'gone' } end
local login = cjson.decode(link)
-- One of an older program: its login could not be ended with its address.
if not login.host then return { 'gone' } end
login.createdAt = tonumber(ARGV[1])
redis.call('SREM', root .. ':host:' .. login.host .. ':ways', 'link ' .. ARGV[2])
put_way(root, login.host, 'login ' .. ARGV[3], cjson.encode(login), ARGV[4])
return { 'entered' }
