-- Remembers which client was redirected from a source address: what RFC 8908 and a page without a redirect need.
-- Bounded per gateway, the oldest dropped; an address has its clients as `<mac>=<when>`, those of the last day.
-- KEYS[1] the site's root
-- ARGV    now, gateway, address, mac, at most
-- Reply   noted
local DAY = 86400000
local root = KEYS[1]
local now = tonumber(ARGV[1])
local seen = root .. ':seen:' .. ARGV[2]
local order = seen .. ':order'
-- More than two behind one address tell no more than two do.
local other = ''
for mac, at in string.gmatch(redis.call('HGET', seen, ARGV[3]) or '', '([%x:]+)=(%d+)') do
  if mac ~= ARGV[4] and tonumber(at) > now - DAY then other = mac .. '=' .. at .. ' ' end
end
redis.call('HSET', seen, ARGV[3], other .. ARGV[4] .. '=' .. string.format('%.0f', now))
redis.call('ZADD', order, ARGV[1], ARGV[3])
local over = redis.call('ZCARD', order) - tonumber(ARGV[5])
if over > 0 then
  local old = redis.call('ZPOPMIN', order, over)
  for i = 1, #old, 2 do redis.call('HDEL', seen, old[i]) end
end
redis.call('PEXPIRE', seen, DAY)
redis.call('PEXPIRE', order, DAY)
return { 'noted' }
