-- A link by which a host signs in, within the limits of its address and of the site.
-- KEYS[1] the site's root
-- ARGV    now, link digest, mail digest, record, kept (ms), most of one address, most of the site
-- Reply   issued | throttled
-- @include access

local root = KEYS[1]
local counts = { root .. ':host:' .. ARGV[3] .. ':links', root .. ':host-links' }
for i, key in ipairs(counts) do
  if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[5 + i]) then return { 'throttled' } end
end
for _, key in ipairs(counts) do
  if redis.call('INCR', key) == 1 then redis.call('PEXPIRE', key, ARGV[5]) end
end
redis.call('SET', root .. ':host-link:' .. ARGV[2], ARGV[4], 'PX', ARGV[5])
return { 'issued' }
