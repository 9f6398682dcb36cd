-- Mails that are due become the sender's for a time. One whose sender is gone comes back when that time is over.
-- KEYS[1] the site's root
-- ARGV    now, claim, claimed until, at most so many
-- Reply   claimed <mail>*
-- @include mail

local root = KEYS[1]
local now = tonumber(ARGV[1])
local reply = { 'claimed' }
for _, id in ipairs(redis.call('ZRANGEBYSCORE', root .. ':mails:due', '-inf', int(now), 'LIMIT', 0, ARGV[4])) do
  local key = root .. ':mail:' .. id
  if redis.call('EXISTS', key) == 0 then
    forget_mail(root, id)
  else
    local words = redis.call('HGET', key, 'words') or ''
    set_mail_state(root, now, id, 'sending', ARGV[3], words)
    redis.call('HSET', key, 'claim', ARGV[2])
    redis.call('HINCRBY', key, 'tries', 1)
    reply[#reply + 1] = id
  end
end
return reply
