-- A visit and its PIN, with every index, or nothing. Nothing is left of an older visit by the same id (the demo's is
-- always the same), whose words the sweep drops with the visit.
-- KEYS[1] the site's root
-- ARGV    now, visit, pin digest, sealed pin, claim digest, arrival, pin kept until, visit kept until, tell from, tell until,
--         pin length, who, count of words, words.., then field, value.. of the visit
-- Reply   registered | taken
-- @include visit

local root = KEYS[1]
local now = tonumber(ARGV[1])
local id, digest = ARGV[2], ARGV[3]
if redis.call('EXISTS', root .. ':pin:' .. digest, root .. ':claim:' .. ARGV[5]) > 0 then return { 'taken' } end
local words = tonumber(ARGV[13])
local key = root .. ':visit:' .. id
drop_visit(root, now, id, ARGV[12])
redis.call('HSET', key, unpack(ARGV, 14 + words))
redis.call('HSET', key, 'version', '1')
keep(now, key, ARGV[8])
put_pin(root, now, id, digest, ARGV[4], ARGV[5], ARGV[7], ARGV[11], ARGV[9], ARGV[10])
redis.call('ZADD', root .. ':visits', ARGV[6], id)
for i = 1, words do redis.call('ZADD', root .. ':words', 0, ARGV[13 + i] .. ' ' .. id) end
mind_token(root, id)
record(root, now, 'visit.registered', 'visit', id, 'by', ARGV[12])
return { 'registered' }
