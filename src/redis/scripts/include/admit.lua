-- @include access
-- @include mail

local DAY = 86400000

-- Where the visit's token stands at `now`: 'open', or the word to answer and the instant that goes with it.
-- A floating token (check-in, first-use) has no `from` until it is started.
local function token_state(visit, now)
  if visit.cancelledAt or visit.tokenEndedAt then return 'refused' end
  if now < tonumber(visit.tellFrom) or now >= tonumber(visit.tellUntil) then return 'refused' end
  if visit.hasToken ~= '1' then return 'check-in-only' end
  if visit.from then
    if now < tonumber(visit.from) then return 'early', visit.from end
    if now >= tonumber(visit['until']) then return 'expired', visit['until'] end
    return 'open'
  end
  if now > tonumber(visit.startBy) then return 'expired', visit.startBy end
  if visit.endAt and now >= tonumber(visit.endAt) then return 'expired', visit.endAt end
  if visit.validFrom == 'check-in' then return 'early', '' end
  if now < tonumber(visit.opensAt) then return 'early', visit.opensAt end
  return 'open'
end

local function hash(key)
  local flat = redis.call('HGETALL', key)
  local map = {}
  for i = 1, #flat, 2 do map[flat[i]] = flat[i + 1] end
  return map
end

-- A floating token starts now.
local function start_token(root, now, id, visit)
  local till = visit.endAt or int(now + tonumber(visit.durationMs))
  local tell = int(tonumber(till) + DAY)
  visit.from = int(now)
  visit['until'] = till
  redis.call('HSET', root .. ':visit:' .. id, 'startedAt', visit.from, 'from', visit.from, 'until', till, 'tellUntil', tell)
  redis.call('ZADD', root .. ':telling:' .. visit.pinLength .. ':until', 'XX', tell, visit.pinDigest)
end

-- Connections from before a grant may still knock for so long after the gateway confirmed it.
local LATELY_MS = 2000

-- A client that was not seen for so long is not waiting at its gateway any more.
local WAITING_MS = 180000

-- A device slot and a grant for an open token. The visit's version grows only where the visit itself changes: a device
-- that comes back must not keep the desk's changes from being written. Returns 'granted', grant id, end; or 'device-limit', then slot, mac,
-- added at for each device (nothing when no replacement is left); or 'slot-unknown'. `handle`: what the gateway calls the
-- client now, '' where it has no name of its own for it. `asks`: the gateway asks whom to let in. `via`: which way the client
-- comes to the gateway, for the driver; '' where that is not known now.
local function admit(root, now, id, visit, gateway, mac, grant_id, slot, replace, handle, asks, via)
  local devices = root .. ':visit:' .. id .. ':devices'
  local replacements = root .. ':visit:' .. id .. ':replacements'
  local changed = false
  if redis.call('HEXISTS', devices, mac) == 0 then
    if redis.call('HLEN', devices) >= tonumber(visit.maxDevices) then
      redis.call('ZREMRANGEBYSCORE', replacements, '-inf', int(now - DAY))
      local left = redis.call('ZCARD', replacements) < 3
      local old = nil
      local list = { 'device-limit' }
      local flat = redis.call('HGETALL', devices)
      for i = 1, #flat, 2 do
        local device_slot, added = string.match(flat[i + 1], '^(%S+) (%d+)$')
        if left then
          list[#list + 1] = device_slot
          list[#list + 1] = flat[i]
          list[#list + 1] = added
        end
        if device_slot == replace then old = flat[i] end
      end
      if not (left and old) then return list end
      end_grants(root, now, id, old, 'replaced')
      redis.call('HDEL', devices, old)
      redis.call('ZADD', replacements, int(now), slot)
      keep(now, replacements, visit.keepUntil)
      record(root, now, 'device.replaced', 'visit', id, 'gateway', gateway)
    end
    redis.call('HSET', devices, mac, slot .. ' ' .. int(now))
    keep(now, devices, visit.keepUntil)
    changed = true
  end

  local visit_key = root .. ':visit:' .. id
  if not visit.from then
    start_token(root, now, id, visit)
    changed = true
  end
  local first = redis.call('HSETNX', visit_key, 'firstUseAt', int(now)) == 1
  if first and visit.hostEmail then tell_host(root, now, id, visit.keepUntil) end
  if first or changed then redis.call('HINCRBY', visit_key, 'version', 1) end

  local grants = visit_key .. ':grants'
  local chosen = nil
  for _, other in ipairs(redis.call('SMEMBERS', grants)) do
    local grant = redis.call('HMGET', root .. ':grant:' .. other, 'gateway', 'mac', 'endedAt', 'until')
    if grant[1] == gateway and grant[2] == mac and not grant[3] and tonumber(grant[4]) > now then chosen = other end
  end
  if not chosen then
    chosen = grant_id
    local key = root .. ':grant:' .. chosen
    redis.call('HSET', key, 'id', chosen, 'visitId', id, 'gateway', gateway, 'mac', mac, 'from', int(now), 'until', visit['until'])
    keep(now, key, visit.keepUntil)
    redis.call('SADD', grants, chosen)
    keep(now, grants, visit.keepUntil)
    redis.call('ZADD', root .. ':grants', int(now), chosen)
    redis.call('SADD', root .. ':client:' .. mac, chosen)
    keep_longer(now, root .. ':client:' .. mac, visit.keepUntil)
  end
  if via ~= '' then redis.call('HSET', root .. ':grant:' .. chosen, 'via', via) end
  local key = root .. ':access:' .. gateway .. ':' .. mac
  local access = redis.call('HMGET', key, 'confirmedAt', 'confirmedVersion', 'version', 'dead', 'error', 'handle', 'confirmedUntil')
  -- Seen again later than that: the gateway has lost what it was told. A dead command is tried again for whoever asks, and so
  -- is one that waited for the client to come.
  local seen_late = access[1] and tonumber(access[1]) + LATELY_MS <= now
  local lost = seen_late and access[2] == access[3]
  if handle ~= '' then
    -- A new name: the session by the old one is over, whatever was confirmed of it. By the same name a browser was not let
    -- in after all; a gateway that asks has a new one for each session, and is told of this one again by itself.
    local ended = access[6] and access[6] ~= handle
    lost = ended or (not asks and seen_late and tonumber(access[7] or '0') > now)
    if ended then redis.call('HSET', key, 'passesUntil', '0') end
    if lost then redis.call('HSET', key, 'confirmedUntil', '0', 'confirmedVersion', '0') end
  end
  local till = decide(root, now, gateway, mac, lost or access[4] == '1' or access[5] == 'absent')
  if via ~= '' and redis.call('EXISTS', key) == 1 then redis.call('HSET', key, 'via', via) end
  if handle ~= '' and redis.call('EXISTS', key) == 1 then
    redis.call('HSET', key, 'handle', handle)
    local waiting = root .. ':waiting:' .. gateway
    redis.call('ZREMRANGEBYSCORE', waiting, '-inf', int(now - WAITING_MS))
    redis.call('ZADD', waiting, int(now), mac)
    redis.call('PEXPIRE', waiting, WAITING_MS)
  end
  return { 'granted', chosen, int(till) }
end
