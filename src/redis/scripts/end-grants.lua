-- Revokes one grant, or every live grant of a client in a visit; the device slot is freed on request.
-- KEYS[1] the site's root
-- ARGV    now, visit, mac, grant id ('' all of this client), free the slot ('' | 1), reason,
--         who ('' where the rules themselves)
-- Reply   ended <clients cut> <slots freed>
-- @include access

local root = KEYS[1]
local now = tonumber(ARGV[1])
local cut = 0
if ARGV[4] == '' then
  cut = end_grants(root, now, ARGV[2], ARGV[3], ARGV[6], ARGV[7])
else
  local ended = end_grant(root, now, ARGV[4], ARGV[6], ARGV[7])
  if ended then
    decide(root, now, ended.gateway, ended.mac, false)
    cut = 1
  end
end
local freed = 0
if ARGV[5] == '1' then
  freed = redis.call('HDEL', root .. ':visit:' .. ARGV[2] .. ':devices', ARGV[3])
  if freed > 0 then
    redis.call('HINCRBY', root .. ':visit:' .. ARGV[2], 'version', 1)
    record(root, now, 'device.removed', 'visit', ARGV[2], 'reason', ARGV[6], 'by', ARGV[7])
  end
end
return { 'ended', int(cut), int(freed) }
