-- PIN + client -> grant, in one step: attempt limits, token rules, device slot, grant, command, due time, event.
-- KEYS[1] the site's root
-- ARGV    now, pin digest, mail digest ('' none), gateway, mac, courtesy address ('' none), bucket capacity, grant id,
--         slot id, slot to replace ('' none), the gateway's own name for the client ('' none), '1' where it asks,
--         the client's way ('' none), number of the terms that the page showed ('' none)
-- Reply   granted <grant> <until> | refused | early <from or ''> <visit> | expired <until> <visit> | check-in-only <visit>
--         | device-limit (<slot> <mac> <added at>)* | throttled <ms> | email
-- @include attempts
-- @include terms
-- @include blocked

local root = KEYS[1]
local now = tonumber(ARGV[1])
local digest, mail, gateway, mac, address = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local capacity = tonumber(ARGV[7])
local grant_id, slot, replace = ARGV[8], ARGV[9], ARGV[10]

local COURTESY_FAILURES = 5
local COURTESY_MS = 600000
local REPEAT_MS = 60000

-- 1. Courtesy limits: a clumsy or busy client waits. They bound nothing, since a client chooses its address.
local courtesies = { root .. ':attempts:client:' .. gateway .. ':' .. mac }
if address ~= '' then courtesies[2] = root .. ':attempts:address:' .. address end
local repeated = false
for i, key in ipairs(courtesies) do
  local seen = redis.call('HMGET', key, 'failures', 'at', 'digest')
  if seen[1] then
    local since = now - tonumber(seen[2])
    if i == 1 and seen[3] == digest .. mail and since < REPEAT_MS then repeated = true end
    local over = tonumber(seen[1]) - COURTESY_FAILURES
    if over >= 0 then
      local wait = math.min(COURTESY_MS, 30000 * 2 ^ math.min(over, 8)) - since
      if wait > 0 then return { 'throttled', int(wait) } end
    end
  end
end

-- 2. The guessing policy: a budget for failures, or what to answer where none is left.
local budget, spent_reply = budget_of(root, now, capacity, mail, gateway, '')
if not budget then return spent_reply end

-- 3. The PIN.
local id = redis.call('HGET', root .. ':pin:' .. digest, 'visit')
local visit = id and hash(root .. ':visit:' .. id) or {}
local state, instant = 'refused', nil
-- Who is on the block list learns nothing of any PIN, so that there is nothing to charge either.
local barred = blocked(root, now, mac)
if not barred and visit.pinDigest == digest and (not budget.spent or visit.mailDigest == mail) then
  state, instant = token_state(visit, now)
end

if state == 'open' then
  local reply = admit(root, now, id, visit, gateway, mac, grant_id, slot, replace, ARGV[11], ARGV[12] == '1', ARGV[13])
  if reply[1] == 'granted' then
    redis.call('DEL', unpack(courtesies))
    accept_terms(root, now, id, ARGV[14], gateway, '')
    -- The same PIN again is nothing new, however often it is sent.
    if reply[2] == grant_id then record(root, now, 'pin.redeemed', 'visit', id, 'gateway', gateway, 'grant', reply[2]) end
  end
  return reply
end

-- 4. A failure is charged once, however often the same client sends the same PIN within a minute.
if not repeated then
  if not barred then charge(now, budget) end
  for _, key in ipairs(courtesies) do
    redis.call('HINCRBY', key, 'failures', 1)
    redis.call('HSET', key, 'at', int(now), 'digest', digest .. mail)
    redis.call('PEXPIRE', key, COURTESY_MS)
  end
  if barred then
    record(root, now, 'client.blocked', 'gateway', gateway)
  else
    tell_failure(root, now, budget, state, state ~= 'refused' and id or '', gateway, '')
  end
end
if state == 'refused' then return { 'refused' } end
if state == 'check-in-only' then return { 'check-in-only', id } end
return { state, instant, id }
