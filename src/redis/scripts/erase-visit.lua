-- Erases a visit: its devices go offline, its grants, indexes and record go. The record of its PIN stays silent, so that the
-- same PIN is not drawn again.
-- KEYS[1] the site's root
-- ARGV    now, visit, who, then its words
-- Reply   erased | unknown
-- @include visit

local root = KEYS[1]
local now = tonumber(ARGV[1])
local id = ARGV[2]
if not drop_visit(root, now, id, ARGV[3]) then return { 'unknown' } end
redis.call('ZREM', root .. ':visits', id)
for i = 4, #ARGV do redis.call('ZREM', root .. ':words', ARGV[i] .. ' ' .. id) end
record(root, now, 'visit.erased', 'visit', id, 'by', ARGV[3])
return { 'erased' }
