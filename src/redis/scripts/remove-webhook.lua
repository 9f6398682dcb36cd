-- KEYS[1] the site's root
-- ARGV    now, webhook, who
-- Reply   removed | unknown
-- @include access

local root = KEYS[1]
local key = root .. ':webhook:' .. ARGV[2]
if redis.call('DEL', key) == 0 then return { 'unknown' } end
redis.call('DEL', key .. ':deliveries')
redis.call('ZREM', root .. ':webhooks', ARGV[2])
record(root, tonumber(ARGV[1]), 'webhook.removed', 'webhook', ARGV[2], 'by', ARGV[3])
return { 'removed' }
