-- A walk-in asks for a host: the request, the link by which it is answered, and the mail that brings it there.
-- KEYS[1] the site's root
-- ARGV    now, request, answer by, kept until, link digest, digest of the host's address, place, most of the host, most of the
--         site, most of the place, gateway ('' at a desk), mac, mail to the host, what it says (sealed), mail kept until, then
--         field, value.. of the request
-- Reply   asked | open <request> (of this device) | busy
-- @include walk-in
-- @include blocked
-- @include mail

local root = KEYS[1]
local now = tonumber(ARGV[1])
local id, kept = ARGV[2], ARGV[4]
local of_client = ARGV[11] ~= '' and root .. ':request-client:' .. ARGV[11] .. ':' .. ARGV[12]
if of_client then
  local other = redis.call('GET', of_client)
  local state = other and redis.call('HMGET', root .. ':request:' .. other, 'answerBy', 'outcome') or {}
  if state[1] and not state[2] and now < tonumber(state[1]) then return { 'open', other } end
end

-- Who is on the block list learns nothing of it.
if of_client and blocked(root, now, ARGV[12]) then return { 'busy' } end
local open, of_host = root .. ':requests', root .. ':requests:host:' .. ARGV[6]
for _, key in ipairs({ open, of_host }) do redis.call('ZREMRANGEBYSCORE', key, '-inf', int(now)) end
if redis.call('ZCARD', of_host) >= tonumber(ARGV[8]) or redis.call('ZCARD', open) >= tonumber(ARGV[9]) then return { 'busy' } end
if not take_place(root, now, ARGV[7], id, tonumber(ARGV[10])) then return { 'busy' } end

local all = root .. ':requests-kept'
redis.call('ZREMRANGEBYSCORE', all, '-inf', int(now - (tonumber(kept) - now)))
redis.call('ZADD', all, int(now), id)
keep(now, all, kept)
local key = root .. ':request:' .. id
redis.call('HSET', key, 'id', id, 'createdAt', int(now), 'answerBy', ARGV[3], 'hostDigest', ARGV[6], 'gateway', ARGV[11], 'mac', ARGV[12], 'mail', ARGV[13], unpack(ARGV, 16))
keep(now, key, kept)
redis.call('SET', root .. ':request-link:' .. ARGV[5], id, 'PX', int(tonumber(kept) - now))
for _, index in ipairs({ open, of_host }) do
  redis.call('ZADD', index, ARGV[3], id)
  keep_longer(now, index, ARGV[3])
end
if of_client then redis.call('SET', of_client, id, 'PX', int(tonumber(kept) - now)) end
queue_mail(root, now, ARGV[13], 'host-approval', '', ARGV[15], 'sealed', ARGV[14], 'expiresAt', ARGV[3])
record(root, now, 'walk-in.asked', 'request', id, 'place', ARGV[7])
return { 'asked' }
