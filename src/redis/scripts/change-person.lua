-- Puts a person of the team in place of what was read, or takes them out, if nobody came between and an owner who can
-- sign in is left.
-- KEYS[1] the team
-- ARGV    address, what was read as JSON, what it becomes as JSON ('': nobody)
-- Reply   changed | conflict | last-owner

if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return { 'conflict' } end

local function can(json)
  if json == '' then return false end
  local person = cjson.decode(json)
  return person.role == 'owner' and not person.deactivatedAt and (person.passwordHash or person.identity) and true or false
end

if can(ARGV[2]) and not can(ARGV[3]) then
  local others = 0
  for _, json in ipairs(redis.call('HVALS', KEYS[1])) do
    if json ~= ARGV[2] and can(json) then others = others + 1 end
  end
  if others == 0 then return { 'last-owner' } end
end

if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
end
return { 'changed' }
