-- The host, or the desk, answers a request, once. Approved, the visit is there, checked in, and a device that waits on the Wi-Fi is
-- let in; declined, the mail that tells the visitor is queued: all of it in this step.
-- KEYS[1] the site's root
-- ARGV    now, request, outcome (approved | declined), who, grant id, slot id, '1' where the gateway asks whom to let in, mail to
--         the visitor ('' none), what it says (sealed), mail expires at, mail kept until, then the arguments of register-visit
--         (none for declined)
-- Reply   answered <outcome> <at> <visit, '' for none> <grant until, '' for none> | before <outcome> <at> <visit or ''>
--         | expired | unknown | taken
-- @include register
-- @include admit
-- @include terms
-- @include blocked
-- @include walk-in

local root = KEYS[1]
local now = tonumber(ARGV[1])
local id, outcome, by = ARGV[2], ARGV[3], ARGV[4]
local key = root .. ':request:' .. id
local request = hash(key)
if not request.id then return { 'unknown' } end
if request.outcome then return { 'before', request.outcome, request.answeredAt, request.visit or '' } end
if now >= tonumber(request.answerBy) then return { 'expired' } end

local visit, till = '', ''
if outcome == 'approved' then
  local row = { unpack(ARGV, 12) }
  if pin_in_use(root, row) then return { 'taken' } end
  visit = row[2]
  register(root, row)
  record(root, now, 'visit.checked-in', 'visit', visit, 'by', by)
  accept_terms(root, now, visit, request.terms or '', request.gateway, by)
  local record_of = hash(root .. ':visit:' .. visit)
  -- The host has just answered and need not be told of the arrival.
  record_of.hostEmail = nil
  if request.gateway ~= '' and token_state(record_of, now) == 'open' and not blocked(root, now, request.mac) then
    local asks = ARGV[7] == '1'
    local reply = admit(root, now, visit, record_of, request.gateway, request.mac, ARGV[5], ARGV[6], '', request.handle or '', asks, request.via or '')
    if reply[1] == 'granted' then
      till = reply[3]
      record(root, now, 'pin.redeemed', 'visit', visit, 'gateway', request.gateway, 'grant', reply[2], 'how', 'walk-in')
    end
  end
end
redis.call('HSET', key, 'outcome', outcome, 'answeredAt', int(now), 'answeredBy', by, 'visit', visit)
close_request(root, id, outcome == 'declined')
if ARGV[8] ~= '' then queue_mail(root, now, ARGV[8], 'walk-in-answer', '', ARGV[11], 'sealed', ARGV[9], 'expiresAt', ARGV[10]) end
if outcome == 'approved' then
  -- What asked the host names the visitor, and goes when the visit is erased.
  local asked = root .. ':mail:' .. (request.mail or '')
  if redis.call('EXISTS', asked) == 1 then redis.call('HSET', asked, 'about', visit) end
  record(root, now, 'walk-in.approved', 'request', id, 'visit', visit, 'by', by)
else
  record(root, now, 'walk-in.declined', 'request', id, 'by', by)
end
return { 'answered', outcome, int(now), visit, till }
