-- A PIN typed at a check-in desk: whose visit is it? The same budget for guesses as a redeem's, and no limit of the desk's own,
-- which many visitors share.
-- KEYS[1] the site's root
-- ARGV    now, pin digest, mail digest ('' none), desk, bucket capacity
-- Reply   visit <visit> | refused | cancelled | checked-out | throttled <ms> | email
-- @include attempts

local root = KEYS[1]
local now = tonumber(ARGV[1])
local digest, mail, desk = ARGV[2], ARGV[3], ARGV[4]

local REPEAT_MS = 60000

local budget, spent_reply = budget_of(root, now, tonumber(ARGV[5]), mail, '', desk)
if not budget then return spent_reply end

local id = redis.call('HGET', root .. ':pin:' .. digest, 'visit')
local visit = id and hash(root .. ':visit:' .. id) or {}
local state = 'refused'
if visit.pinDigest == digest and (not budget.spent or visit.mailDigest == mail) then
  -- Also where its token does not open the network now, or it has none: who holds the PIN may check in and out.
  local telling = now >= tonumber(visit.tellFrom) and now < tonumber(visit.tellUntil)
  if telling then state = 'visit' end
  -- These open nothing and name nobody, so that the policy need not count them; a guess is charged all the same.
  if telling and visit.checkedOutAt then state = 'checked-out' end
  if telling and visit.cancelledAt then state = 'cancelled' end
end
if state == 'visit' then return { 'visit', id } end

local key = root .. ':attempts:desk:' .. desk
local last = redis.call('HMGET', key, 'digest', 'at')
-- Charged once, however often the same is sent within a minute.
if last[1] ~= digest .. mail or now - tonumber(last[2]) >= REPEAT_MS then
  charge(now, budget)
  redis.call('HSET', key, 'digest', digest .. mail, 'at', int(now))
  redis.call('PEXPIRE', key, REPEAT_MS)
  tell_failure(root, now, budget, state, state ~= 'refused' and id or '', '', desk)
end
return { state }
