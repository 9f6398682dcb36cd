-- @include visit

-- Is the PIN, or its claim code, in use? `row`: the arguments of register-visit.
local function pin_in_use(root, row)
  return redis.call('EXISTS', root .. ':pin:' .. row[3], root .. ':claim:' .. row[5]) > 0
end

-- A visit and its PIN, with every index and the mail that tells its visitor. Nothing is left of an older visit by the same id (the demo's is always the same),
-- whose words the sweep drops with the visit. `row`: the arguments of register-visit.
local function register(root, row)
  local now = tonumber(row[1])
  local id, digest = row[2], row[3]
  local words = tonumber(row[14])
  local key = root .. ':visit:' .. id
  drop_visit(root, now, id, row[12])
  redis.call('HSET', key, unpack(row, 15 + words))
  redis.call('HSET', key, 'version', '1')
  keep(now, key, row[8])
  put_pin(root, now, id, digest, row[4], row[5], row[7], row[11], row[9], row[10])
  redis.call('ZADD', root .. ':visits', row[6], id)
  index_stay(root, id)
  index_token(root, id)
  for i = 1, words do redis.call('ZADD', root .. ':words', 0, row[14 + i] .. ' ' .. id) end
  record(root, now, 'visit.registered', 'visit', id, 'by', row[12])
  if row[13] ~= '' then queue_mail(root, now, row[13], 'registered', id, row[8]) end
end
