-- Begins the test of a gateway unless one runs. One that was not heard of for so long has gone with its process.
-- KEYS[1] the site's root
-- ARGV    now, gateway, order, mac ('' none), how long one may run in ms, how long it is kept in ms
-- Reply   begun | running
local key = KEYS[1] .. ':test:' .. ARGV[2]
local test = redis.call('HMGET', key, 'startedAt', 'result')
if test[1] and not test[2] and tonumber(test[1]) + tonumber(ARGV[5]) > tonumber(ARGV[1]) then return { 'running' } end
redis.call('DEL', key)
redis.call('HSET', key, 'order', ARGV[3], 'startedAt', ARGV[1], 'mac', ARGV[4], 'steps', '[]')
redis.call('PEXPIRE', key, ARGV[6])
return { 'begun' }
