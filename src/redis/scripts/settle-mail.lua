-- What became of a mail that was claimed.
-- KEYS[1] the site's root
-- ARGV    now, mail, claim, sent | queued | refused | held | dropped, next try at (queued), words
-- Reply   settled | stale
-- @include mail

local root = KEYS[1]
local now = tonumber(ARGV[1])
local id, outcome = ARGV[2], ARGV[4]
local key = root .. ':mail:' .. id
local mail = redis.call('HMGET', key, 'claim', 'state', 'visit', 'kind')
if mail[1] ~= ARGV[3] or mail[2] ~= 'sending' then return { 'stale' } end
if outcome == 'dropped' then
  forget_mail(root, id)
else
  set_mail_state(root, now, id, outcome, outcome == 'queued' and ARGV[5] or '', ARGV[6])
  redis.call('HDEL', key, 'claim')
  if outcome == 'queued' and mail[3] ~= '' then merge_waiting(root, mail[3], id, mail[4]) end
  -- What it said is not kept once it is said.
  if outcome == 'sent' then redis.call('HDEL', key, 'sealed') end
end
if outcome == 'sent' or outcome == 'refused' then
  record(root, now, outcome == 'sent' and 'mail.sent' or 'mail.refused', 'mail', id, 'kind', mail[4], 'visit', mail[3])
end
return { 'settled' }
