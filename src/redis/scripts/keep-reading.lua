-- Keeps what a gateway listed; of one that is gone nothing comes back.
-- KEYS[1] the site's root
-- ARGV    gateway, the list, how long it is kept in ms
-- Reply   kept | gone
if redis.call('HEXISTS', KEYS[1] .. ':gateways', ARGV[1]) == 0 then return { 'gone' } end
redis.call('SET', KEYS[1] .. ':reading:' .. ARGV[1], ARGV[2], 'PX', ARGV[3])
return { 'kept' }
