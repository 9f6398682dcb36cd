-- @include access
-- @include mail

-- The record that a PIN leads to, and the interval in which its answer differs from `refused`.
local function put_pin(root, now, id, digest, sealed, claim, kept_until, length, tell_from, tell_until)
  local key = root .. ':pin:' .. digest
  redis.call('HSET', key, 'visit', id, 'sealed', sealed)
  keep(now, key, kept_until)
  redis.call('SET', root .. ':claim:' .. claim, id, 'PX', int(tonumber(kept_until) - now))
  redis.call('ZADD', root .. ':telling:' .. length .. ':from', tell_from, digest)
  redis.call('ZADD', root .. ':telling:' .. length .. ':until', tell_until, digest)
end

-- The PIN answers `refused` from now on; its record stays, so that the same PIN is not drawn again.
local function silence_pin(root, digest, claim, length)
  redis.call('HDEL', root .. ':pin:' .. digest, 'sealed')
  redis.call('DEL', root .. ':claim:' .. claim)
  redis.call('ZREM', root .. ':telling:' .. length .. ':from', digest)
  redis.call('ZREM', root .. ':telling:' .. length .. ':until', digest)
end

-- Whose PIN is for check-in only is found, while the visitor can still come, by the last possible end.
local function index_token(root, id)
  local visit = redis.call('HMGET', root .. ':visit:' .. id, 'hasToken', 'cancelledAt', 'checkedOutAt', 'tellUntil')
  local index = root .. ':visits:without-token'
  if visit[1] == '0' and not visit[2] and not visit[3] then
    redis.call('ZADD', index, int(tonumber(visit[4]) - 86400000), id)
  else
    redis.call('ZREM', index, id)
  end
end

-- Visits that stay over a midnight, by their end, so that a day finds who is there from before.
local function index_stay(root, id)
  local till = redis.call('HGET', root .. ':visit:' .. id, 'stayUntil')
  if till then
    redis.call('ZADD', root .. ':visits:long', till, id)
  else
    redis.call('ZREM', root .. ':visits:long', id)
  end
end

-- A visit goes with its grants; its devices go offline. The record of its PIN stays silent. False where there is none.
-- The index of visits and the words are the caller's.
local function drop_visit(root, now, id, by)
  local key = root .. ':visit:' .. id
  local pin = redis.call('HMGET', key, 'pinDigest', 'claimDigest', 'pinLength')
  if not pin[1] then return false end
  end_grants(root, now, id, '', 'erased', by)
  silence_pin(root, pin[1], pin[2], pin[3])
  for _, grant in ipairs(redis.call('SMEMBERS', key .. ':grants')) do
    redis.call('SREM', root .. ':client:' .. (redis.call('HGET', root .. ':grant:' .. grant, 'mac') or ''), grant)
    redis.call('DEL', root .. ':grant:' .. grant)
    redis.call('ZREM', root .. ':grants', grant)
  end
  redis.call('ZREM', root .. ':visits:without-token', id)
  forget_mails(root, id)
  redis.call('ZREM', root .. ':visits:long', id)
  redis.call('DEL', key, key .. ':devices', key .. ':grants', key .. ':replacements', key .. ':events', key .. ':mails')
  return true
end
