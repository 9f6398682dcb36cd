-- How many commands stand in a gateway's lane, by what they wait for. Changes nothing.
-- KEYS[1] the site's root
-- ARGV    now, gateway
-- Reply   counted <due> <being carried out> <waiting for their next try> <put aside>
local root = KEYS[1]
local queue, dead, claimed = root .. ':queue:' .. ARGV[2], root .. ':dead:' .. ARGV[2], root .. ':claimed:' .. ARGV[2]
local due = redis.call('ZCOUNT', queue, '-inf', ARGV[1])
local later = redis.call('ZCOUNT', queue, '(' .. ARGV[1], '+inf')
local running = 0
for _, mac in ipairs(redis.call('SMEMBERS', claimed)) do
  local at = redis.call('ZSCORE', queue, mac)
  if at then
    running = running + 1
    if tonumber(at) <= tonumber(ARGV[1]) then due = due - 1 else later = later - 1 end
  end
end
local aside = redis.call('ZCARD', dead)
-- What the gateway does by itself later is put aside and queued.
local late = redis.call('ZINTERCARD', 2, queue, dead)
local reply = { 'counted' }
for _, count in ipairs({ due, running, math.max(0, later - late), aside }) do reply[#reply + 1] = string.format('%.0f', count) end
return reply
