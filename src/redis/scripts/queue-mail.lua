-- A mail that belongs to no visit is to be sent: what it says stands in it, sealed.
-- KEYS[1] the site's root
-- ARGV    now, mail, kind, sealed data, expires at ('' never), kept until
-- Reply   queued | exists
-- @include mail

local root = KEYS[1]
local now = tonumber(ARGV[1])
if queue_mail(root, now, ARGV[2], ARGV[3], '', ARGV[6], 'sealed', ARGV[4], 'expiresAt', ARGV[5]) then return { 'queued' } end
return { 'exists' }
