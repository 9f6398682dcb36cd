-- Takes or renews the right to deliver to a webhook, where something may be sent now.
-- KEYS[1] the site's root
-- ARGV    now, webhook, holder, held until
-- Reply   claimed <field> <value>.. | no
local function int(n)
  return string.format('%.0f', n)
end

local now = tonumber(ARGV[1])
local key = KEYS[1] .. ':webhook:' .. ARGV[2]
local webhook = redis.call('HMGET', key, 'on', 'nextAt', 'holder', 'heldUntil')
if webhook[1] ~= '1' then return { 'no' } end
if webhook[2] and tonumber(webhook[2]) > now then return { 'no' } end
if webhook[3] and webhook[3] ~= ARGV[3] and tonumber(webhook[4]) > now then return { 'no' } end
redis.call('HSET', key, 'holder', ARGV[3], 'heldUntil', int(tonumber(ARGV[4])))
return { 'claimed', unpack(redis.call('HGETALL', key)) }
