-- One transition of a visit that was read at `version`: moved, extended, checked in or out, cancelled, re-issued.
-- What follows for grants, PIN, indexes and mails happens in the same step.
-- KEYS[1] the site's root
-- ARGV    now, visit, version, event, who, cut ('' | reason: every device goes offline), drop devices ('' | 1),
--         pin ('' as it is | silence | new), new digest, sealed, claim digest, new length,
--         arrival, pin kept until, visit kept until, tell from, tell until,
--         mail to the visitor ('' none | its kind), '1' also where the visitor was told of nothing yet, mail, '1' tell the host,
--         count of old words, count of new words, count of fields to remove, those three lists, then field, value..
-- Reply   changed <clients cut> <'1' a mail waits> | conflict | taken | unknown
-- @include visit
-- @include blocked

local root = KEYS[1]
local now = tonumber(ARGV[1])
local id = ARGV[2]
local key = root .. ':visit:' .. id
local before = redis.call('HMGET', key, 'version', 'pinDigest', 'claimDigest', 'pinLength', 'until')
if not before[1] then return { 'unknown' } end
if before[1] ~= ARGV[3] then return { 'conflict' } end
local pin = ARGV[8]
if pin == 'new' and redis.call('EXISTS', root .. ':pin:' .. ARGV[9], root .. ':claim:' .. ARGV[11]) > 0 then return { 'taken' } end

local old_words, new_words, removed = tonumber(ARGV[22]), tonumber(ARGV[23]), tonumber(ARGV[24])
local at = 25
for i = at, at + old_words - 1 do redis.call('ZREM', root .. ':words', ARGV[i] .. ' ' .. id) end
at = at + old_words
for i = at, at + new_words - 1 do redis.call('ZADD', root .. ':words', 0, ARGV[i] .. ' ' .. id) end
at = at + new_words
for i = at, at + removed - 1 do redis.call('HDEL', key, ARGV[i]) end
at = at + removed
if #ARGV >= at then redis.call('HSET', key, unpack(ARGV, at)) end
redis.call('HINCRBY', key, 'version', 1)
redis.call('ZADD', root .. ':visits', ARGV[13], id)
index_stay(root, id)

if pin ~= '' then silence_pin(root, before[2], before[3], before[4]) end
if pin == 'new' then
  put_pin(root, now, id, ARGV[9], ARGV[10], ARGV[11], ARGV[14], ARGV[12], ARGV[16], ARGV[17])
elseif pin == '' then
  keep(now, root .. ':pin:' .. before[2], ARGV[14])
  keep(now, root .. ':claim:' .. before[3], ARGV[14])
  redis.call('ZADD', root .. ':telling:' .. before[4] .. ':from', 'XX', ARGV[16], before[2])
  redis.call('ZADD', root .. ':telling:' .. before[4] .. ':until', 'XX', ARGV[17], before[2])
end

index_token(root, id)
record(root, now, ARGV[4], 'visit', id, 'by', ARGV[5])
local cut = 0
if ARGV[6] ~= '' then
  cut = end_grants(root, now, id, '', ARGV[6], ARGV[5])
else
  local window = redis.call('HMGET', key, 'from', 'until')
  for _, grant_id in ipairs(redis.call('SMEMBERS', key .. ':grants')) do
    local grant_key = root .. ':grant:' .. grant_id
    local grant = redis.call('HMGET', grant_key, 'until', 'endedAt', 'gateway', 'mac')
    local client = root .. ':client:' .. (grant[4] or '')
    if grant[1] and not grant[2] and window[2] and grant[1] ~= window[2] then
      local live = tonumber(grant[1]) > now
      local open = tonumber(window[1]) <= now and now < tonumber(window[2])
      -- One that ended with its token comes back with it, where its device still has its slot.
      local back = open and grant[1] == before[5] and redis.call('HEXISTS', key .. ':devices', grant[4]) == 1
        and not blocked(root, now, grant[4])
      if live and now < tonumber(window[1]) then
        end_grant(root, now, grant_id, 'moved', ARGV[5])
        cut = cut + 1
      elseif live or back then
        redis.call('HSET', grant_key, 'until', window[2])
        redis.call('SADD', client, grant_id)
        if not open then cut = cut + 1 end
      end
      decide(root, now, grant[3], grant[4], false)
    end
    keep(now, grant_key, ARGV[15])
    if redis.call('EXISTS', client) == 1 then keep_longer(now, client, ARGV[15]) end
  end
end
if ARGV[7] == '1' then redis.call('DEL', key .. ':devices') end
for _, part in ipairs({ '', ':devices', ':grants', ':replacements', ':events' }) do keep(now, key .. part, ARGV[15]) end
keep_mails(root, now, id, ARGV[15])
local mail = ''
if ARGV[18] ~= '' then mail = tell_visitor(root, now, id, ARGV[18], ARGV[20], ARGV[19] == '1', ARGV[15]) end
if ARGV[21] == '1' and tell_host(root, now, id, ARGV[15]) == '1' then mail = '1' end
return { 'changed', int(cut), mail }
