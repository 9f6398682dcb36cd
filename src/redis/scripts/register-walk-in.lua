-- Somebody who needs nobody's word registers himself and is checked in; a device on the Wi-Fi is let in.
-- KEYS[1] the site's root
-- ARGV    now, place, most of the place, number of the terms accepted ('' none), gateway ('' at a desk), mac, handle, via, grant id,
--         slot id, '1' where the gateway asks whom to let in, then the arguments of register-visit
-- Reply   registered <grant until, '' for none> | online (the device is, by an earlier word) | taken | busy
-- @include register
-- @include admit
-- @include terms
-- @include blocked
-- @include walk-in

local root = KEYS[1]
local now = tonumber(ARGV[1])
local gateway, mac = ARGV[5], ARGV[6]
local row = { unpack(ARGV, 12) }
local visit, by = row[2], row[12]
if pin_in_use(root, row) then return { 'taken' } end
if gateway ~= '' and blocked(root, now, mac) then return { 'busy' } end
-- Who sends the form again and again makes no visit each time, and takes no other's place.
if gateway ~= '' and now < tonumber(redis.call('HGET', root .. ':access:' .. gateway .. ':' .. mac, 'until') or '0') then
  return { 'online' }
end
if not take_place(root, now, ARGV[2], visit, tonumber(ARGV[3])) then return { 'busy' } end
register(root, row)
record(root, now, 'visit.checked-in', 'visit', visit, 'by', by)
accept_terms(root, now, visit, ARGV[4], gateway, by)
local record_of = hash(root .. ':visit:' .. visit)
if record_of.hostEmail then tell_host(root, now, visit, record_of.keepUntil) end
if gateway == '' or token_state(record_of, now) ~= 'open' then return { 'registered', '' } end
local reply = admit(root, now, visit, record_of, gateway, mac, ARGV[9], ARGV[10], '', ARGV[7], ARGV[11] == '1', ARGV[8])
if reply[1] ~= 'granted' then return { 'registered', '' } end
record(root, now, 'pin.redeemed', 'visit', visit, 'gateway', gateway, 'grant', reply[2], 'how', 'walk-in')
return { 'registered', reply[3] }
