-- Remembers which client was redirected from a source address: what RFC 8908 and a page without a redirect need.
-- Bounded per gateway, the oldest dropped.
-- KEYS[1] the site's root
-- ARGV    now, gateway, address, mac, at most
-- Reply   noted
local root = KEYS[1]
local seen = root .. ':seen:' .. ARGV[2]
local order = seen .. ':order'
local macs = redis.call('HGET', seen, ARGV[3]) or ''
if not string.find(macs, ARGV[4], 1, true) then
  -- More than two behind one address tell no more than two do.
  macs = macs == '' and ARGV[4] or (string.sub(macs, -17) .. ' ' .. ARGV[4])
  redis.call('HSET', seen, ARGV[3], macs)
end
redis.call('ZADD', order, ARGV[1], ARGV[3])
local over = redis.call('ZCARD', order) - tonumber(ARGV[5])
if over > 0 then
  local old = redis.call('ZPOPMIN', order, over)
  for i = 1, #old, 2 do redis.call('HDEL', seen, old[i]) end
end
redis.call('PEXPIRE', seen, 86400000)
redis.call('PEXPIRE', order, 86400000)
return { 'noted' }
