-- Many visits and their PINs, all of them or none. With `check` nothing is written: it only finds who is there already.
-- KEYS[1] the site's root
-- ARGV    now, check ('' | 1), duplicates ('' are refused | 1 are wanted), who, then for each visit one JSON list: of its name,
--         e-mail and arrival, and of the arguments of register-visit (none for a check)
-- Reply   registered | free | taken <number of the visit, from 1>.. | duplicate <number> <of which number, 0: of a visit that is
--         kept> <its id, '' where it has none yet>..
-- @include register

local root = KEYS[1]
local now = tonumber(ARGV[1])
local check, wanted = ARGV[2] == '1', ARGV[3] == '1'
local rows = {}
for i = 5, #ARGV do rows[#rows + 1] = cjson.decode(ARGV[i]) end

-- Who is expected at an arrival, by name and e-mail; visits that are cancelled aside.
local expected = {}
local function expected_at(arrival)
  if expected[arrival] then return expected[arrival] end
  local known = {}
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', root .. ':visits', arrival, arrival)) do
    local visit = redis.call('HMGET', root .. ':visit:' .. id, 'name', 'email', 'cancelledAt')
    if visit[1] and not visit[3] then
      known[string.lower(visit[1] .. '\n' .. (visit[2] or ''))] = { '0', id }
    end
  end
  expected[arrival] = known
  return known
end

if not wanted then
  local found = { 'duplicate' }
  for i, row in ipairs(rows) do
    local one = row[1]
    local known = expected_at(one[3])
    local person = string.lower(one[1] .. '\n' .. one[2])
    if known[person] then
      found[#found + 1] = int(i)
      found[#found + 1] = known[person][1]
      found[#found + 1] = known[person][2]
    else
      known[person] = { int(i), '' }
    end
  end
  if #found > 1 then return found end
end
if check then return { 'free' } end

local taken = { 'taken' }
local drawn = {}
for i, row in ipairs(rows) do
  local digest = row[2][3]
  if drawn[digest] or pin_in_use(root, row[2]) then taken[#taken + 1] = int(i) end
  drawn[digest] = true
end
if #taken > 1 then return taken end

for _, row in ipairs(rows) do register(root, row[2]) end
record(root, now, 'visits.imported', 'count', int(#rows), 'by', ARGV[4])
return { 'registered' }
