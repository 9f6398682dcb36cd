-- A gateway asks whether this client may pass: by its hardware address, or by what it logs in with. What it is told is confirmed in the same step,
-- and what was logged in with is spent; where the gateway asks again about a session that runs, it stays with this client to the end.
-- KEYS[1] the site's root
-- ARGV    now, gateway, mac, user name ('' for the address alone), '1' where it asks again
-- Reply   passes <until> <down> <up> <quota> | none | other
-- @include limits
-- @include confirm

local root = KEYS[1]
local now = tonumber(ARGV[1])
local gateway, mac, username = ARGV[2], ARGV[3], ARGV[4]
local credential = root .. ':credential:' .. username
if username ~= '' then
  local owner = redis.call('GET', credential)
  if not owner then return { 'none' } end
  if owner ~= gateway .. ' ' .. mac then return { 'other' } end
end
local access = redis.call('HMGET', root .. ':access:' .. gateway .. ':' .. mac, 'until', 'version')
if not access[1] or tonumber(access[1]) <= now then return { 'none' } end
if username ~= '' then
  if ARGV[5] == '1' then keep(now, credential, access[1]) else redis.call('DEL', credential) end
end
confirm(root, now, gateway, mac, access[2], access[1])
local limits = limits_of(root, gateway, mac, access[1])
return { 'passes', access[1], limits[1], limits[2], limits[3] }
