-- The desk lets in a device that cannot type: the token rules and device slots of a redeem, without a PIN.
-- KEYS[1] the site's root
-- ARGV    now, visit, gateway, mac, grant id, slot id, who
-- Reply   granted <grant> <until> | refused | early <from or ''> | expired <until> | check-in-only
--         | device-limit (<slot> <mac> <added at>)* | blocked | unknown
-- @include admit
-- @include blocked

local root = KEYS[1]
local now = tonumber(ARGV[1])
local id, gateway, mac = ARGV[2], ARGV[3], ARGV[4]
local visit = hash(root .. ':visit:' .. id)
if not visit.id then return { 'unknown' } end
if blocked(root, now, mac) then
  record(root, now, 'client.blocked', 'gateway', gateway, 'by', ARGV[7])
  return { 'blocked' }
end
local state, instant = token_state(visit, now)
if state ~= 'open' then return { state, instant or '' } end
local reply = admit(root, now, id, visit, gateway, mac, ARGV[5], ARGV[6], '', '', false, '')
if reply[1] == 'granted' then
  record(root, now, 'device.admitted', 'visit', id, 'gateway', gateway, 'grant', reply[2], 'by', ARGV[7])
end
return reply
