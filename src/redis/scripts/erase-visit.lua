-- Erases a visit: its devices go offline, its grants, indexes and record go. The record of its PIN stays silent, so that the
-- same PIN is not drawn again.
-- KEYS[1] the site's root
-- ARGV    now, visit, who, then its words
-- Reply   erased | unknown
-- @include visit

local root = KEYS[1]
local now = tonumber(ARGV[1])
local id = ARGV[2]
local key = root .. ':visit:' .. id
local pin = redis.call('HMGET', key, 'pinDigest', 'claimDigest', 'pinLength')
if not pin[1] then return { 'unknown' } end

end_grants(root, now, id, '', 'erased', ARGV[3])
silence_pin(root, pin[1], pin[2], pin[3])
for _, grant in ipairs(redis.call('SMEMBERS', key .. ':grants')) do
  redis.call('DEL', root .. ':grant:' .. grant)
  redis.call('ZREM', root .. ':grants', grant)
end
redis.call('DEL', key, key .. ':devices', key .. ':grants', key .. ':replacements')
redis.call('ZREM', root .. ':visits', id)
for i = 4, #ARGV do redis.call('ZREM', root .. ':words', ARGV[i] .. ' ' .. id) end
record(root, now, 'visit.erased', 'visit', id, 'by', ARGV[3])
return { 'erased' }
