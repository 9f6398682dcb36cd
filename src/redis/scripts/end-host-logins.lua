-- All links and logins of an address end, and what it is counted by.
-- KEYS[1] the site's root
-- ARGV    mail digest
-- Reply   ended <how many>
-- @include host

local root = KEYS[1]
local host = root .. ':host:' .. ARGV[1]
local ended = 0
for _, way in ipairs(redis.call('SMEMBERS', host .. ':ways')) do
  ended = ended + redis.call('DEL', way_key(root, way))
end
redis.call('DEL', host .. ':ways', host .. ':links', host .. ':registered')
return { 'ended', tostring(ended) }
