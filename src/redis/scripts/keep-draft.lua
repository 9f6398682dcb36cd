-- A file waits for its import; what its sender, or all of the site, keep beyond the most goes, the oldest first.
-- KEYS[1] the site's root
-- ARGV    now, id, who, sealed file, kept (ms), most of one, most of the site
-- Reply   kept

local root = KEYS[1]
local index = root .. ':imports'
local own, all = 1, 1
for _, member in ipairs(redis.call('ZREVRANGE', index, 0, -1)) do
  local who, id = string.match(member, '^(%S+) (%S+)$')
  local there = redis.call('EXISTS', root .. ':import:' .. id) == 1
  local mine = who == ARGV[3]
  if there and all < tonumber(ARGV[7]) and not (mine and own >= tonumber(ARGV[6])) then
    all = all + 1
    if mine then own = own + 1 end
  else
    redis.call('ZREM', index, member)
    redis.call('DEL', root .. ':import:' .. id)
  end
end
redis.call('ZADD', index, ARGV[1], ARGV[3] .. ' ' .. ARGV[2])
redis.call('PEXPIRE', index, ARGV[5])
redis.call('SET', root .. ':import:' .. ARGV[2], ARGV[4], 'PX', ARGV[5])
return { 'kept' }
