-- A client that holds a live grant anywhere in the site was redirected again: the same end at this gateway, the same slot.
-- KEYS[1] the site's root
-- ARGV    now, gateway, mac, grant id, the gateway's own name for the client ('' none), '1' where it asks, its way ('' none)
-- Reply   let-in <until> | none
-- @include admit
-- @include blocked

local root = KEYS[1]
local now = tonumber(ARGV[1])
local gateway, mac = ARGV[2], ARGV[3]
if blocked(root, now, mac) then return { 'none' } end
local best, visit_id = 0, nil
for _, id in ipairs(redis.call('SMEMBERS', root .. ':client:' .. mac)) do
  local grant = redis.call('HMGET', root .. ':grant:' .. id, 'until', 'endedAt', 'visitId')
  local till = tonumber(grant[1] or '0')
  if not grant[2] and till > now and till > best then best, visit_id = till, grant[3] end
end
if not visit_id then return { 'none' } end
local visit = hash(root .. ':visit:' .. visit_id)
if not visit.id or token_state(visit, now) ~= 'open' then return { 'none' } end
local reply = admit(root, now, visit_id, visit, gateway, mac, ARGV[4], ARGV[4], '', ARGV[5], ARGV[6] == '1', ARGV[7])
if reply[1] ~= 'granted' then return { 'none' } end
return { 'let-in', reply[3] }
