-- Forgets which clients were redirected from which address: those of before an instant, and one client whenever it was.
-- KEYS[1] the site's root
-- ARGV    gateway, before, mac ('' none)
-- Reply   forgotten <addresses>
local seen = KEYS[1] .. ':seen:' .. ARGV[1]
local before = tonumber(ARGV[2])
local flat = redis.call('HGETALL', seen)
local forgotten = 0
for i = 1, #flat, 2 do
  local kept = {}
  local dropped = false
  for mac, at in string.gmatch(flat[i + 1], '([%x:]+)=?(%d*)') do
    if mac == ARGV[3] or (tonumber(at) or 0) <= before then
      dropped = true
    else
      kept[#kept + 1] = mac .. '=' .. at
    end
  end
  if #kept == 0 then
    redis.call('HDEL', seen, flat[i])
    redis.call('ZREM', seen .. ':order', flat[i])
  elseif dropped then
    redis.call('HSET', seen, flat[i], table.concat(kept, ' '))
  end
  if dropped then forgotten = forgotten + 1 end
end
return { 'forgotten', string.format('%.0f', forgotten) }
