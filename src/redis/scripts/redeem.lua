-- PIN + client -> grant, in one step: attempt limits, token rules, device slot, grant, command, due time, event.
-- KEYS[1] the site's root
-- ARGV    now, pin digest, mail digest ('' none), gateway, mac, courtesy address ('' none), bucket capacity, grant id,
--         slot id, slot to replace ('' none), the gateway's own name for the client ('' none), '1' where it asks,
--         the client's way ('' none), number of the terms that the page showed ('' none)
-- Reply   granted <grant> <until> | refused | early <from or ''> <visit> | expired <until> <visit> | check-in-only <visit>
--         | device-limit (<slot> <mac> <added at>)* | throttled <ms> | email
-- @include admit
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
local MAIL_TRIES = 5
local TELL_EVERY_MS = 60000

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

-- 2. The guessing policy (src/domain/guessing.ts has the arithmetic): risk per failure, two kinds of budget.
local cost = 0
for digits = 5, 10 do
  local telling = root .. ':telling:' .. digits
  local live = redis.call('ZCOUNT', telling .. ':from', '-inf', int(now)) - redis.call('ZCOUNT', telling .. ':until', '-inf', int(now))
  if live > 0 then cost = cost - math.log(1 - math.min(live / 10 ^ digits, 0.999999)) end
end

local function level_of(key, full)
  local bucket = redis.call('HMGET', key, 'level', 'at')
  if not bucket[1] then return full end
  local passed = math.max(0, now - tonumber(bucket[2]))
  return math.min(full, tonumber(bucket[1]) + passed * capacity / DAY)
end

local site_bucket = root .. ':attempts'
local bucket = site_bucket
local full = capacity
local level = level_of(site_bucket, full)
local spent = redis.call('HGET', site_bucket, 'spent') == '1'
if spent and level >= math.max(capacity / 10, cost) then
  spent = false
  redis.call('HDEL', site_bucket, 'spent')
end
if not spent and level < cost then
  spent = true
  redis.call('HSET', site_bucket, 'spent', '1', 'level', string.format('%.17g', level), 'at', int(now))
  record(root, now, 'guessing.budget-spent', 'gateway', gateway)
end
if spent then
  if mail == '' then return { 'email' } end
  bucket = root .. ':attempts:mail:' .. mail
  -- A few tries at once, not a day's: every address begins with a full bucket. Room for one at least: a wait must end,
  -- also where PINs are too short for their number.
  full = math.max(cost, math.min(capacity, MAIL_TRIES * cost))
  level = level_of(bucket, full)
  if level < cost then return { 'throttled', int(math.ceil((cost - level) * DAY / capacity)) } end
end

-- 3. The PIN.
local id = redis.call('HGET', root .. ':pin:' .. digest, 'visit')
local visit = id and hash(root .. ':visit:' .. id) or {}
local state, instant = 'refused', nil
-- Who is on the block list learns nothing of any PIN, so that there is nothing to charge either.
local barred = blocked(root, now, mac)
if not barred and visit.pinDigest == digest and (not spent or visit.mailDigest == mail) then
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
  if not barred then
    level = math.max(0, level - cost)
    redis.call('HSET', bucket, 'level', string.format('%.17g', level), 'at', int(now))
    -- A full bucket needs no record: addresses that nobody has fill no memory for long.
    if bucket ~= site_bucket then redis.call('PEXPIRE', bucket, int(math.ceil((full - level) * DAY / capacity) + 1000)) end
  end
  for _, key in ipairs(courtesies) do
    redis.call('HINCRBY', key, 'failures', 1)
    redis.call('HSET', key, 'at', int(now), 'digest', digest .. mail)
    redis.call('PEXPIRE', key, COURTESY_MS)
  end
  -- With addresses that nobody has, failures have no common budget: once a minute they are told together, so that nobody
  -- writes the log full.
  local told = not barred and spent and redis.call('HGET', site_bucket, 'toldAt')
  if barred then
    record(root, now, 'client.blocked', 'gateway', gateway)
  elseif not told or now - tonumber(told) >= TELL_EVERY_MS then
    local count = 1 + tonumber(redis.call('HGET', site_bucket, 'untold') or '0')
    redis.call('HDEL', site_bucket, 'untold')
    if spent then redis.call('HSET', site_bucket, 'toldAt', int(now)) end
    record(root, now, 'pin.failed', 'gateway', gateway, 'outcome', state, 'visit', state ~= 'refused' and id or '', 'count', count)
  else
    redis.call('HINCRBY', site_bucket, 'untold', 1)
  end
end
if state == 'refused' then return { 'refused' } end
if state == 'check-in-only' then return { 'check-in-only', id } end
return { state, instant, id }
