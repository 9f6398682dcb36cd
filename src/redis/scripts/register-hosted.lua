-- A visit that its host registers, within the host's quota.
-- KEYS[1] the site's root
-- ARGV    host (keyed digest of the address), most visits ('' any number), counted since; then the arguments of register-visit
-- Reply   registered | taken | quota
-- @include register

local root = KEYS[1]
local row = {}
for i = 4, #ARGV do row[i - 3] = ARGV[i] end
local made = root .. ':host:' .. ARGV[1] .. ':registered'
redis.call('ZREMRANGEBYSCORE', made, '-inf', '(' .. ARGV[3])
if ARGV[2] ~= '' and redis.call('ZCARD', made) >= tonumber(ARGV[2]) then return { 'quota' } end
if pin_in_use(root, row) then return { 'taken' } end
register(root, row)
redis.call('ZADD', made, row[1], row[2])
keep(tonumber(row[1]), made, int(tonumber(row[1]) * 2 - tonumber(ARGV[3])))
return { 'registered' }
