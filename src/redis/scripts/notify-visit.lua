-- The PIN of a visit that was read at `version` is sent once more. What still waits to be sent gives way.
-- KEYS[1] the site's root
-- ARGV    now, visit, version, mail, who
-- Reply   queued | conflict | unknown
-- @include mail

local root = KEYS[1]
local now = tonumber(ARGV[1])
local visit = redis.call('HMGET', root .. ':visit:' .. ARGV[2], 'version', 'keepUntil')
if not visit[1] then return { 'unknown' } end
if visit[1] ~= ARGV[3] then return { 'conflict' } end
tell_visitor(root, now, ARGV[2], 'registered', ARGV[4], true, visit[2])
record(root, now, 'visit.notified', 'visit', ARGV[2], 'mail', ARGV[4], 'by', ARGV[5])
return { 'queued' }
