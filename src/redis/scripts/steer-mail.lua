-- Somebody has a mail tried again at once, or has it forgotten.
-- KEYS[1] the site's root
-- ARGV    now, mail, retry | discard, who ('' the product itself: it leaves no trace)
-- Reply   done | unknown | sending | sent
-- @include mail

local root = KEYS[1]
local now = tonumber(ARGV[1])
local id, order, by = ARGV[2], ARGV[3], ARGV[4]
local key = root .. ':mail:' .. id
local mail = redis.call('HMGET', key, 'state', 'visit', 'kind')
if not mail[1] then return { 'unknown' } end
if mail[1] == 'sending' then return { 'sending' } end
if order == 'discard' then
  forget_mail(root, id)
else
  if mail[1] == 'sent' then return { 'sent' } end
  redis.call('HSET', key, 'tries', '0', 'since', int(now))
  set_mail_state(root, now, id, 'queued', int(now), '')
end
if by ~= '' and order == 'discard' then
  record(root, now, 'mail.discarded', 'mail', id, 'kind', mail[3], 'visit', mail[2], 'by', by)
elseif by ~= '' then
  record(root, now, 'mail.retried', 'mail', id, 'kind', mail[3], 'visit', mail[2], 'by', by)
end
return { 'done' }
