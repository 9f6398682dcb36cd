-- Takes a line off the block list.
-- KEYS[1] the site's root
-- ARGV    now, id, who
-- Reply   removed | unknown
-- @include access

local root = KEYS[1]
local blocks = root .. ':blocks'
local row = redis.call('HGET', blocks, ARGV[2])
if not row then return { 'unknown' } end
local block = cjson.decode(row)
redis.call('HDEL', blocks, ARGV[2])
-- No line but a newer one that is in force has the same address.
if block.kind == 'mac' then
  local other = false
  for _, value in ipairs(redis.call('HVALS', blocks)) do
    local one = cjson.decode(value)
    if one.kind == 'mac' and one.value == block.value then other = true end
  end
  if not other then redis.call('ZREM', root .. ':blocked', block.value) end
end
record(root, tonumber(ARGV[1]), 'block.removed', 'block', ARGV[2], 'kind', block.kind, 'by', ARGV[3])
return { 'removed' }
