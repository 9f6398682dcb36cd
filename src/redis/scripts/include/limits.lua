-- @include access

-- The limits of the visit that an access ends with: download and upload rate, volume; each '' for none.
local function limits_of(root, gateway, mac, till)
  local limits = {}
  for _, id in ipairs(redis.call('SMEMBERS', root .. ':client:' .. mac)) do
    local grant = redis.call('HMGET', root .. ':grant:' .. id, 'gateway', 'until', 'visitId')
    if grant[1] == gateway and grant[2] == till then
      limits = redis.call('HMGET', root .. ':visit:' .. grant[3], 'downKbps', 'upKbps', 'quotaMB')
    end
  end
  return { limits[1] or '', limits[2] or '', limits[3] or '' }
end
