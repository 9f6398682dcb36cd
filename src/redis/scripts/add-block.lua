-- A line of the block list. A hardware address on it is off the network with the same step, and comes to no grant after it.
-- KEYS[1] the site's root
-- ARGV    now, id, the line as JSON, kind, value, hardware address ('' none), off the list at, at most, who
-- Reply   added <grants ended> (<gateway>)* | listed <id> | full
-- @include access

local root = KEYS[1]
local now = tonumber(ARGV[1])
local id, mac = ARGV[2], ARGV[6]
local blocks = root .. ':blocks'
local rows = redis.call('HVALS', blocks)
if #rows >= tonumber(ARGV[8]) then return { 'full' } end
for _, row in ipairs(rows) do
  local other = cjson.decode(row)
  if other.kind == ARGV[4] and other.value == ARGV[5] and not (other['until'] and other['until'] <= now) then
    return { 'listed', other.id }
  end
end
redis.call('HSET', blocks, id, ARGV[3])
record(root, now, 'block.added', 'block', id, 'kind', ARGV[4], 'by', ARGV[9])
local reply = { 'added', '0' }
if mac ~= '' then
  redis.call('ZADD', root .. ':blocked', ARGV[7], mac)
  local ended = 0
  local gateways = {}
  for _, grant in ipairs(redis.call('SMEMBERS', root .. ':client:' .. mac)) do
    local one = end_grant(root, now, grant, 'blocked', ARGV[9])
    if one then
      ended = ended + 1
      gateways[one.gateway] = true
    end
  end
  for gateway in pairs(gateways) do
    decide(root, now, gateway, mac, false)
    reply[#reply + 1] = gateway
  end
  reply[2] = int(ended)
end
return reply
