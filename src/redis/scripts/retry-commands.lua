-- Tries again at once what was put aside, or waits for its next try; nothing else.
-- KEYS[1] the site's root
-- ARGV    now, gateway, who, at most, mac.. (none: whatever was put aside)
-- Reply   retried <count>: 0 where the site has no such gateway (any more)
-- @include access

local root = KEYS[1]
local now = tonumber(ARGV[1])
local gateway = ARGV[2]
local dead, queue, claimed = root .. ':dead:' .. gateway, root .. ':queue:' .. gateway, root .. ':claimed:' .. gateway
if redis.call('HEXISTS', root .. ':gateways', gateway) == 0 then return { 'retried', '0' } end
local macs = #ARGV > 4 and { unpack(ARGV, 5) } or redis.call('ZRANGE', dead, 0, tonumber(ARGV[4]) - 1)
local count = 0
for _, mac in ipairs(macs) do
  local next_at = redis.call('ZSCORE', queue, mac)
  if redis.call('ZSCORE', dead, mac) then
    decide(root, now, gateway, mac, true)
    count = count + 1
  elseif next_at and tonumber(next_at) > now and redis.call('SISMEMBER', claimed, mac) == 0 then
    redis.call('ZADD', queue, int(now), mac)
    count = count + 1
  end
end
if count > 0 then record(root, now, 'command.retried', 'gateway', gateway, 'clients', int(count), 'by', ARGV[3]) end
return { 'retried', int(count) }
