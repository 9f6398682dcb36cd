-- Takes or renews the lease on a gateway's lane. Whoever takes it anew gets back what the last holder had claimed.
-- KEYS[1] the site's root
-- ARGV    now, gateway, holder, lease in ms
-- Reply   taken | held | busy
local root = KEYS[1]
local lane = root .. ':lane:' .. ARGV[2]
local holder = redis.call('GET', lane)
if holder and holder ~= ARGV[3] then return { 'busy' } end
redis.call('SET', lane, ARGV[3], 'PX', ARGV[4])
if holder then return { 'held' } end
local claimed = root .. ':claimed:' .. ARGV[2]
for _, mac in ipairs(redis.call('SMEMBERS', claimed)) do
  redis.call('ZADD', root .. ':queue:' .. ARGV[2], 'XX', ARGV[1], mac)
end
redis.call('DEL', claimed)
return { 'taken' }
