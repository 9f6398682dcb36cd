-- Queues the command again for clients whose session differs from what we decided, or whose command waited for a person.
-- KEYS[1] the site's root
-- ARGV    now, gateway, why (event type), mac..
-- Reply   queued <count>: 0 where the site has no such gateway (any more)
-- @include access

local root = KEYS[1]
local now = tonumber(ARGV[1])
local gateway = ARGV[2]
if redis.call('HEXISTS', root .. ':gateways', gateway) == 0 then return { 'queued', '0' } end
for i = 4, #ARGV do
  local mac = ARGV[i]
  local key = root .. ':access:' .. gateway .. ':' .. mac
  if redis.call('EXISTS', key) == 0 then
    -- A session of ours without any grant: it is to end.
    redis.call('HSET', key, 'until', '0', 'version', '0', 'confirmedUntil', '0', 'attempts', '0', 'error', '', 'dead', '')
  end
  decide(root, now, gateway, mac, true)
end
record(root, now, ARGV[3], 'gateway', gateway, 'clients', int(#ARGV - 3))
return { 'queued', int(#ARGV - 3) }
