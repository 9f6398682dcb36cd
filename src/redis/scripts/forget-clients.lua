-- Forgets clients of a gateway that nothing of ours stands for any more: every visit that let them in is erased or was kept for
-- long enough, and by itself the gateway lets none of them pass now. What it does all the same is ended as drift.
-- KEYS[1] the site's root
-- ARGV    now, gateway, mac..
-- Reply   forgotten <count>
local root = KEYS[1]
local now = tonumber(ARGV[1])
local gateway = ARGV[2]

local function stands(ids)
  for _, id in ipairs(ids) do
    if redis.call('EXISTS', root .. ':grant:' .. id) == 1 then return true end
  end
  return false
end

local function ids_in(text)
  local ids = {}
  for id in string.gmatch(text or '', '%S+') do ids[#ids + 1] = id end
  return ids
end

local forgotten = 0
for i = 3, #ARGV do
  local mac = ARGV[i]
  local key = root .. ':access:' .. gateway .. ':' .. mac
  local access = redis.call('HMGET', key, 'until', 'confirmedUntil', 'passesUntil', 'grants', 'credential')
  local passes = math.max(tonumber(access[1] or '0'), tonumber(access[2] or '0'), tonumber(access[3] or '0'))
  local client = root .. ':client:' .. mac
  if passes <= now and not stands(ids_in(access[4])) and not stands(redis.call('SMEMBERS', client)) then
    if access[5] then redis.call('DEL', root .. ':credential:' .. access[5]) end
    redis.call('DEL', key, client)
    for _, index in ipairs({ ':queue:', ':due:', ':dead:', ':waiting:' }) do redis.call('ZREM', root .. index .. gateway, mac) end
    for _, index in ipairs({ ':accesses:', ':claimed:' }) do redis.call('SREM', root .. index .. gateway, mac) end
    forgotten = forgotten + 1
  end
end
return { 'forgotten', string.format('%.0f', forgotten) }
