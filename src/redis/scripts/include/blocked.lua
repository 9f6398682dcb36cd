-- Is this hardware address on the block list now?
local function blocked(root, now, mac)
  local till = redis.call('ZSCORE', root .. ':blocked', mac)
  return till and tonumber(till) > now
end
