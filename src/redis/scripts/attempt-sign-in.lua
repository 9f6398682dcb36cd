-- Counts an attempt to sign in against every subject that it concerns, or says how long it has to wait. A subject's
-- first attempts are free; each further one doubles the wait after it, up to a limit, and a rest forgets all of them.
-- KEYS[1] the root of the subjects
-- ARGV    now, then for each subject: its name, free attempts, first wait, longest wait, rest (milliseconds)
-- Reply   go | wait <milliseconds>

local now = tonumber(ARGV[1])
local wait = 0
for i = 2, #ARGV, 5 do
  local n, at = unpack(redis.call('HMGET', KEYS[1] .. ':' .. ARGV[i], 'n', 'at'))
  local free, first, longest, rest = tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3]), tonumber(ARGV[i + 4])
  n, at = tonumber(n or 0), tonumber(at or 0)
  if n >= free and now - at < rest then
    local open = at + math.min(longest, first * 2 ^ math.min(n - free, 30))
    wait = math.max(wait, open - now)
  end
end
if wait > 0 then return { 'wait', string.format('%.0f', wait) } end
for i = 2, #ARGV, 5 do
  local key, rest = KEYS[1] .. ':' .. ARGV[i], tonumber(ARGV[i + 4])
  local at = tonumber(redis.call('HGET', key, 'at') or 0)
  if now - at >= rest then redis.call('DEL', key) end
  redis.call('HINCRBY', key, 'n', 1)
  redis.call('HSET', key, 'at', ARGV[1])
  redis.call('PEXPIRE', key, ARGV[i + 4])
end
return { 'go' }
