-- The visitor of a visit accepts the terms of this number, without a PIN: at the desk, on the tablet.
-- KEYS[1] the site's root
-- ARGV    now, visit, number, who
-- Reply   accepted | unknown
-- @include terms

local root = KEYS[1]
local id, version = ARGV[2], ARGV[3]
if redis.call('HEXISTS', root .. ':visit:' .. id, 'id') == 0 or redis.call('HEXISTS', root .. ':terms', version) == 0 then
  return { 'unknown' }
end
accept_terms(root, tonumber(ARGV[1]), id, version, '', ARGV[4])
return { 'accepted' }
