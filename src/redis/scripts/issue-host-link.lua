-- A link by which a host signs in, within the limits of its address, of where it is asked for, and of the site. Whoever has
-- registered visitors lately has as much again of the last two, which strangers cannot use up.
-- KEYS[1] the site's root
-- ARGV    now, link digest, mail digest, record, kept (ms), source digest, most of one address, most of a source, most of the site
-- Reply   issued | throttled
-- @include host

local root, host = KEYS[1], ARGV[3]
local reserve = redis.call('EXISTS', root .. ':host:' .. host .. ':registered') + 1
local counts = {
  { root .. ':host:' .. host .. ':links', tonumber(ARGV[7]) },
  { root .. ':host-links:' .. ARGV[6], tonumber(ARGV[8]) * reserve },
  { root .. ':host-links', tonumber(ARGV[9]) * reserve },
}
for _, count in ipairs(counts) do
  if tonumber(redis.call('GET', count[1]) or '0') >= count[2] then return { 'throttled' } end
end
for _, count in ipairs(counts) do
  if redis.call('INCR', count[1]) == 1 then redis.call('PEXPIRE', count[1], ARGV[5]) end
end
put_way(root, host, 'link ' .. ARGV[2], ARGV[4], ARGV[5])
return { 'issued' }
