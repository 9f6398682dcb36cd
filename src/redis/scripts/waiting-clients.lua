-- The clients that wait for their gateway to ask, those that were seen longest ago first. Who passes, or may not any more,
-- waits no longer.
-- KEYS[1] the site's root
-- ARGV    now, gateway, seen since, at most
-- Reply   waiting (<mac> <until> <handle> <down> <up>)*
-- @include limits

local root = KEYS[1]
local now = tonumber(ARGV[1])
local gateway = ARGV[2]
local waiting = root .. ':waiting:' .. gateway
local reply = { 'waiting' }
local macs = redis.call('ZREVRANGEBYSCORE', waiting, '+inf', ARGV[3], 'LIMIT', 0, ARGV[4])
for i = #macs, 1, -1 do
  local mac = macs[i]
  local access = redis.call('HMGET', root .. ':access:' .. gateway .. ':' .. mac, 'until', 'version', 'confirmedVersion', 'handle')
  if not access[1] or tonumber(access[1]) <= now or access[2] == access[3] or not access[4] then
    redis.call('ZREM', waiting, mac)
  else
    local limits = limits_of(root, gateway, mac, access[1])
    for _, value in ipairs({ mac, access[1], access[4], limits[1], limits[2] }) do reply[#reply + 1] = value end
  end
end
return reply
