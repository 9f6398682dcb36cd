-- The clients that wait for their gateway to ask, those that were seen longest ago first. Who may not pass any more waits no
-- longer, and who is said to pass does for a moment: anybody may have said so.
-- KEYS[1] the site's root
-- ARGV    now, gateway, seen since, at most, said or seen since for who is said to pass
-- Reply   waiting (<mac> <until> <handle> <down> <up> <'1' said to pass>)*
-- @include limits

local root = KEYS[1]
local now = tonumber(ARGV[1])
local gateway = ARGV[2]
local waiting = root .. ':waiting:' .. gateway
local reply = { 'waiting' }
local macs = redis.call('ZREVRANGEBYSCORE', waiting, '+inf', ARGV[3], 'WITHSCORES', 'LIMIT', 0, ARGV[4])
for i = #macs - 1, 1, -2 do
  local mac, seen = macs[i], tonumber(macs[i + 1])
  local access = redis.call('HMGET', root .. ':access:' .. gateway .. ':' .. mac, 'until', 'version', 'confirmedVersion', 'handle', 'confirmedAt')
  local passes = access[2] and access[2] == access[3]
  local lately = math.max(seen, tonumber(access[5] or '0')) > tonumber(ARGV[5])
  if not access[1] or tonumber(access[1]) <= now or (passes and not lately) or not access[4] then
    redis.call('ZREM', waiting, mac)
  else
    local limits = limits_of(root, gateway, mac, access[1])
    for _, value in ipairs({ mac, access[1], access[4], limits[1], limits[2], passes and '1' or '' }) do reply[#reply + 1] = value end
  end
end
return reply
