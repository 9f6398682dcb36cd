-- A link or login of a host: `link <digest>`, `login <digest>`.
local function way_key(root, way)
  local kind, digest = string.match(way, '^(%S+) (%S+)$')
  if kind == 'link' then return root .. ':host-link:' .. digest end
  return root .. ':host-login:' .. digest
end

-- It is found by the address too, so that erasing the address ends it.
local function put_way(root, host, way, record, kept)
  redis.call('SET', way_key(root, way), record, 'PX', kept)
  local ways = root .. ':host:' .. host .. ':ways'
  redis.call('SADD', ways, way)
  if redis.call('PTTL', ways) < tonumber(kept) then redis.call('PEXPIRE', ways, kept) end
end
