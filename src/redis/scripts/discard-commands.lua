-- Gives up commands that were put aside or wait for their next try, each at the version that was seen. Whom the gateway lets
-- through without any decision is then found by its own list. Whoever should pass and does not is tried again when
-- asking again. What the gateway does by itself later is only taken off the list of what was put aside.
-- KEYS[1] the site's root
-- ARGV    now, gateway, who, then mac, version..
-- Reply   discarded <how many> <how many were being carried out> <how many were not there any more>
-- @include access

local root = KEYS[1]
local now = tonumber(ARGV[1])
local gateway = ARGV[2]
local dead, queue = root .. ':dead:' .. gateway, root .. ':queue:' .. gateway
local discarded, busy, gone = 0, 0, 0
for i = 4, #ARGV - 1, 2 do
  local mac = ARGV[i]
  local key = root .. ':access:' .. gateway .. ':' .. mac
  local access = redis.call('HMGET', key, 'version', 'until', 'grants', 'error')
  local aside = redis.call('ZSCORE', dead, mac)
  local next_at = redis.call('ZSCORE', queue, mac)
  local later = next_at and tonumber(next_at) > now
  if access[1] ~= ARGV[i + 1] or not (aside or later) then
    gone = gone + 1
  elseif redis.call('SISMEMBER', root .. ':claimed:' .. gateway, mac) == 1 then
    busy = busy + 1
  else
    redis.call('ZREM', dead, mac)
    if not (aside and later) then
      redis.call('ZREM', queue, mac)
      if access[2] == '0' then
        redis.call('DEL', key)
        redis.call('SREM', root .. ':accesses:' .. gateway, mac)
      else
        redis.call('HSET', key, 'dead', '1')
      end
    end
    record(root, now, 'command.discarded', 'gateway', gateway, 'error', access[4] or '', 'grants', access[3] or '', 'by', ARGV[3])
    discarded = discarded + 1
  end
end
return { 'discarded', int(discarded), int(busy), int(gone) }
