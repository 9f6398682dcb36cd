-- number -> the text that every field holds: whole milliseconds, never 1.7e+12
local function int(n)
  return string.format('%.0f', n)
end

-- A key goes at `at` by Foyer's own clock, which Redis may not share to the millisecond.
local function keep(now, key, at)
  redis.call('PEXPIRE', key, int(tonumber(at) - now))
end

-- The same for a key that visits share: none of them may take it from another.
local function keep_longer(now, key, at)
  if redis.call('PTTL', key) < tonumber(at) - now then keep(now, key, at) end
end

local EVENTS_OF_VISIT = 500

-- What happened to a visit is found by the visit too, while its record is there; both go together.
local function index_event(root, now, visit, event)
  local till = redis.call('HGET', root .. ':visit:' .. visit, 'keepUntil')
  if not till then return end
  local key = root .. ':visit:' .. visit .. ':events'
  if redis.call('RPUSH', key, event) > EVENTS_OF_VISIT then redis.call('LTRIM', key, -EVENTS_OF_VISIT, -1) end
  keep(now, key, till)
end

local function record(root, now, type, ...)
  local event = redis.call('XADD', root .. ':events', 'MAXLEN', '~', 1000000, '*', 'type', type, 'at', int(now), ...)
  local given = { ... }
  local visits = {}
  for i = 1, #given, 2 do
    if given[i] == 'visit' and given[i + 1] ~= '' then
      visits[given[i + 1]] = true
    elseif given[i] == 'grants' then
      for grant in string.gmatch(given[i + 1], '%S+') do
        local visit = redis.call('HGET', root .. ':grant:' .. grant, 'visitId')
        if visit then visits[visit] = true end
      end
    end
  end
  for visit in pairs(visits) do index_event(root, now, visit, event) end
end

-- A gateway with names of its own for its clients cannot be told of an earlier end: the largest that it was given by this
-- name stays known, whatever is decided or confirmed later.
local function may_pass_until(key, till)
  if tonumber(redis.call('HGET', key, 'passesUntil') or '0') < tonumber(till) then
    redis.call('HSET', key, 'passesUntil', till)
  end
end

-- Brings the access record of one client at one gateway in line with its live grants, and queues a command when
-- the desired end changed (or when `force`: the gateway forgot what it was told). The record keeps which grants it stands
-- for, those of its last end when none is left: what becomes of them is told by their ids.
local function decide(root, now, gateway, mac, force)
  local best = 0
  local grants = {}
  local client = root .. ':client:' .. mac
  for _, id in ipairs(redis.call('SMEMBERS', client)) do
    local grant = redis.call('HMGET', root .. ':grant:' .. id, 'gateway', 'until', 'endedAt')
    local till = tonumber(grant[2] or '0')
    if not grant[1] or grant[3] or till <= now then
      redis.call('SREM', client, id)
    elseif grant[1] == gateway then
      grants[#grants + 1] = id
      if till > best then best = till end
    end
  end
  local key = root .. ':access:' .. gateway .. ':' .. mac
  local known = redis.call('HGET', key, 'until')
  -- Nothing to do, or a gateway that was removed: there is nobody to tell.
  if not known and (best == 0 or redis.call('HEXISTS', root .. ':gateways', gateway) == 0) then return best end
  if #grants > 0 then redis.call('HSET', key, 'grants', table.concat(grants, ' ')) end
  if not force and tonumber(known or '0') == best then return best end
  -- Never the same number twice, also when the record was gone in between: a late report would pass for one of today.
  local version = int(redis.call('INCR', root .. ':decisions'))
  redis.call('HSET', key, 'until', int(best), 'version', version, 'attempts', '0', 'error', '', 'dead', '')
  redis.call('SADD', root .. ':accesses:' .. gateway, mac)
  redis.call('ZREM', root .. ':dead:' .. gateway, mac)
  redis.call('ZADD', root .. ':queue:' .. gateway, int(now), mac)
  if best > 0 then
    redis.call('ZADD', root .. ':due:' .. gateway, int(best), mac)
  else
    redis.call('ZREM', root .. ':due:' .. gateway, mac)
  end
  return best
end

-- Ends one grant before its time; the caller decides the access afterwards. `by`: who asked, where somebody did.
local function end_grant(root, now, id, reason, by)
  local key = root .. ':grant:' .. id
  local grant = redis.call('HMGET', key, 'gateway', 'mac', 'until', 'endedAt', 'visitId')
  if not grant[1] or grant[4] or tonumber(grant[3]) <= now then return nil end
  redis.call('HSET', key, 'endedAt', int(now), 'endReason', reason)
  local facts = { 'grant', id, 'visit', grant[5], 'gateway', grant[1], 'reason', reason }
  if by and by ~= '' then
    facts[#facts + 1] = 'by'
    facts[#facts + 1] = by
  end
  record(root, now, 'grant.revoked', unpack(facts))
  return { gateway = grant[1], mac = grant[2] }
end

-- Ends the live grants of a visit: of one client when `mac` is given, else of all. Returns how many clients were cut.
local function end_grants(root, now, visit, mac, reason, by)
  local cut = {}
  local count = 0
  for _, id in ipairs(redis.call('SMEMBERS', root .. ':visit:' .. visit .. ':grants')) do
    if mac == '' or redis.call('HGET', root .. ':grant:' .. id, 'mac') == mac then
      local ended = end_grant(root, now, id, reason, by)
      if ended then cut[ended.gateway .. ' ' .. ended.mac] = ended end
    end
  end
  for _, one in pairs(cut) do
    decide(root, now, one.gateway, one.mac, false)
    count = count + 1
  end
  return count
end
