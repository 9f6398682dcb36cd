-- How long a visit is kept, by the retention of now: its records go then, or at once where that is past.
-- KEYS[1] the site's root
-- ARGV    now, visit, version that was read, kept until, then its words
-- Reply   kept | erased | conflict | unknown
-- @include visit

local root = KEYS[1]
local now = tonumber(ARGV[1])
local id, kept_until = ARGV[2], ARGV[4]
local key = root .. ':visit:' .. id
local version = redis.call('HGET', key, 'version')
if not version then return { 'unknown' } end
-- Its words may be others by now.
if version ~= ARGV[3] then return { 'conflict' } end

if tonumber(kept_until) <= now then
  drop_visit(root, now, id, 'retention')
  redis.call('ZREM', root .. ':visits', id)
  for i = 5, #ARGV do redis.call('ZREM', root .. ':words', ARGV[i] .. ' ' .. id) end
  return { 'erased' }
end

redis.call('HSET', key, 'keepUntil', kept_until)
for _, part in ipairs({ '', ':devices', ':grants', ':replacements', ':events' }) do keep(now, key .. part, kept_until) end
keep_mails(root, now, id, kept_until)
for _, grant in ipairs(redis.call('SMEMBERS', key .. ':grants')) do
  local grant_key = root .. ':grant:' .. grant
  keep(now, grant_key, kept_until)
  local client = root .. ':client:' .. (redis.call('HGET', grant_key, 'mac') or '')
  -- As long as the grant of it that is kept longest, and no longer.
  local longest = 0
  for _, one in ipairs(redis.call('SMEMBERS', client)) do
    longest = math.max(longest, redis.call('PTTL', root .. ':grant:' .. one))
  end
  if longest > 0 then redis.call('PEXPIRE', client, int(longest)) end
end
return { 'kept' }
