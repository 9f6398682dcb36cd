-- @include access

local HOUR_MS = 3600000

-- Has this place taken as many walk-ins within an hour as it may? If not, this is one more.
local function take_place(root, now, place, id, most)
  local key = root .. ':walk-ins:' .. place
  redis.call('ZREMRANGEBYSCORE', key, '-inf', int(now - HOUR_MS))
  if redis.call('ZCARD', key) >= most then return false end
  redis.call('ZADD', key, int(now), id)
  redis.call('PEXPIRE', key, HOUR_MS)
  return true
end

-- A request of which nobody is asked any more. `spare`: it still counts for its host, who said no to it: whoever asks again and
-- again fills no mailbox.
local function close_request(root, id, spare)
  redis.call('ZREM', root .. ':requests', id)
  local host = redis.call('HGET', root .. ':request:' .. id, 'hostDigest')
  if host and not spare then redis.call('ZREM', root .. ':requests:host:' .. host, id) end
end
