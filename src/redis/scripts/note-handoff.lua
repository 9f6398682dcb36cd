-- A browser is about to carry the word to its gateway: from now on the device may pass until then, also where nobody comes
-- back to say so. Nothing is to be carried where the decision, or the name, is another one by now.
-- KEYS[1] the site's root
-- ARGV    gateway, mac, the gateway's own name for the client, until
-- Reply   noted | other
-- @include access

local key = KEYS[1] .. ':access:' .. ARGV[1] .. ':' .. ARGV[2]
local access = redis.call('HMGET', key, 'handle', 'until')
if access[1] ~= ARGV[3] or access[2] ~= ARGV[4] then return { 'other' } end
may_pass_until(key, ARGV[4])
return { 'noted' }
