-- The due-set's turn, then the commands whose time has come, each with the desired state read now. A claimed command
-- stays queued, out of sight for the time of its lease: a worker that dies loses nothing.
-- KEYS[1] the site's root
-- ARGV    now, gateway, holder, lease in ms, at most, mac ('' any)
-- Reply   lost | claimed (<mac> <version> <until> <attempts> <down> <up> <quota> <passes until> <way>)*
-- @include limits

local root = KEYS[1]
local now = tonumber(ARGV[1])
local gateway = ARGV[2]
if redis.call('GET', root .. ':lane:' .. gateway) ~= ARGV[3] then return { 'lost' } end

local due = root .. ':due:' .. gateway
for _, mac in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', int(now), 'LIMIT', 0, 500)) do
  redis.call('ZREM', due, mac)
  decide(root, now, gateway, mac, false)
end

local queue = root .. ':queue:' .. gateway
local macs
if ARGV[6] == '' then
  macs = redis.call('ZRANGEBYSCORE', queue, '-inf', int(now), 'LIMIT', 0, ARGV[5])
else
  local at = redis.call('ZSCORE', queue, ARGV[6])
  macs = at and tonumber(at) <= now and { ARGV[6] } or {}
end

local reply = { 'claimed' }
for _, mac in ipairs(macs) do
  local access = redis.call('HMGET', root .. ':access:' .. gateway .. ':' .. mac, 'version', 'until', 'attempts', 'confirmedUntil', 'passesUntil', 'via')
  if not access[1] then
    redis.call('ZREM', queue, mac)
  else
    redis.call('ZADD', queue, int(now + tonumber(ARGV[4])), mac)
    redis.call('SADD', root .. ':claimed:' .. gateway, mac)
    local passes = int(math.max(tonumber(access[4] or '0'), tonumber(access[5] or '0')))
    local limits = limits_of(root, gateway, mac, access[2])
    for _, value in ipairs({ mac, access[1], access[2], access[3], limits[1], limits[2], limits[3], passes, access[6] or '' }) do
      reply[#reply + 1] = value
    end
  end
end
return reply
