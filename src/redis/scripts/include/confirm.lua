-- @include access

-- By the decision of this version the gateway lets the client pass until then, '0' for not at all. Returns 'settled', or 'again' where the
-- decision is another one by now. The record is there.
local function confirm(root, now, gateway, mac, version, till)
  local key = root .. ':access:' .. gateway .. ':' .. mac
  local queue = root .. ':queue:' .. gateway
  local access = redis.call('HMGET', key, 'version', 'confirmedUntil', 'grants', 'handle', 'credential')
  redis.call('HSET', key, 'confirmedUntil', till, 'confirmedVersion', version, 'confirmedAt', int(now), 'attempts', '0', 'error', '')
  if access[4] and access[4] ~= '' then may_pass_until(key, till) end
  if access[1] ~= version then
    redis.call('ZADD', queue, int(now), mac)
    return 'again'
  end
  redis.call('ZREM', queue, mac)
  redis.call('ZREM', root .. ':dead:' .. gateway, mac)
  if till == '0' then
    if access[5] then redis.call('DEL', root .. ':credential:' .. access[5]) end
    redis.call('DEL', key)
    redis.call('SREM', root .. ':accesses:' .. gateway, mac)
    if access[2] and access[2] ~= '0' then record(root, now, 'client.offline', 'gateway', gateway, 'grants', access[3] or '') end
  elseif access[2] ~= till then
    record(root, now, 'client.online', 'gateway', gateway, 'until', till, 'grants', access[3] or '')
  end
  return 'settled'
end
