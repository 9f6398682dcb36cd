-- @include access

-- Mails to the visitor; the others go to hosts and to the team.
local TO_VISITOR = { registered = true, reissued = true, changed = true, cancelled = true }

-- The visit carries what became of the newest mail to its visitor.
local function show_mail(root, visit)
  local key = root .. ':visit:' .. visit
  if redis.call('HEXISTS', key, 'id') == 0 then return end
  for _, id in ipairs(redis.call('LRANGE', key .. ':mails', 0, -1)) do
    local mail = redis.call('HMGET', root .. ':mail:' .. id, 'kind', 'state', 'stateAt', 'words')
    if mail[1] and TO_VISITOR[mail[1]] then
      redis.call('HSET', key, 'mailState', mail[2], 'mailAt', mail[3], 'mailWords', mail[4] or '')
      return
    end
  end
  redis.call('HDEL', key, 'mailState', 'mailAt', 'mailWords')
end

-- Every mail stands in the index of the state that it is in, by when it was made. `due`: when it is looked at again, '' for never.
local function set_mail_state(root, now, id, state, due, words)
  local key = root .. ':mail:' .. id
  local mail = redis.call('HMGET', key, 'state', 'at', 'visit')
  if mail[1] then redis.call('ZREM', root .. ':mails:' .. mail[1], id) end
  redis.call('ZADD', root .. ':mails:' .. state, mail[2], id)
  redis.call('HSET', key, 'state', state, 'stateAt', int(now), 'nextAt', due, 'words', words)
  if due == '' then redis.call('ZREM', root .. ':mails:due', id) else redis.call('ZADD', root .. ':mails:due', due, id) end
  if mail[3] ~= '' then show_mail(root, mail[3]) end
end

local function forget_mail(root, id)
  local key = root .. ':mail:' .. id
  local mail = redis.call('HMGET', key, 'state', 'visit')
  redis.call('DEL', key)
  redis.call('ZREM', root .. ':mails', id)
  redis.call('ZREM', root .. ':mails:due', id)
  if mail[1] then redis.call('ZREM', root .. ':mails:' .. mail[1], id) end
  if mail[2] and mail[2] ~= '' then
    redis.call('LREM', root .. ':visit:' .. mail[2] .. ':mails', 0, id)
    show_mail(root, mail[2])
  end
end

-- A mail is to be sent; the list of a visit's has the newest first. It names its visit and nothing of it: what it says is made when it is sent. False where there is
-- one by this id already.
local function queue_mail(root, now, id, kind, visit, kept_until, ...)
  local key = root .. ':mail:' .. id
  if redis.call('EXISTS', key) == 1 then return false end
  redis.call('HSET', key, 'id', id, 'kind', kind, 'visit', visit, 'at', int(now), 'tries', '0', ...)
  keep(now, key, kept_until)
  redis.call('ZADD', root .. ':mails', int(now), id)
  if visit ~= '' then
    local list = root .. ':visit:' .. visit .. ':mails'
    redis.call('LPUSH', list, id)
    keep_longer(now, list, kept_until)
  end
  set_mail_state(root, now, id, 'queued', int(now), '')
  return true
end

-- A mail to the visitor, if there is still something to say. One that was not sent yet will say what is so when it is sent, so
-- that several changes are one mail. Without `always` nobody hears of changes to what he never heard of.
-- Returns '1' where a mail waits to be sent now.
local function tell_visitor(root, now, visit, kind, id, always, kept_until)
  local told, code_waits, changes = false, false, {}
  for _, other in ipairs(redis.call('LRANGE', root .. ':visit:' .. visit .. ':mails', 0, -1)) do
    local mail = redis.call('HMGET', root .. ':mail:' .. other, 'kind', 'state')
    if mail[1] and TO_VISITOR[mail[1]] then
      if mail[2] == 'sent' or mail[2] == 'sending' then
        told = true
      elseif mail[2] ~= 'refused' then
        if kind == 'cancelled' or kind == 'registered' or (kind == 'reissued' and mail[1] == 'changed') then
          forget_mail(root, other)
        elseif mail[1] == 'changed' then
          changes[1] = other
        else
          code_waits = true
        end
      end
    end
  end
  if code_waits or changes[1] then return '1' end
  if not told and not always and (kind == 'changed' or kind == 'cancelled') then return '' end
  queue_mail(root, now, id, kind, visit, kept_until)
  return '1'
end

-- The host hears of an arrival once, whether the desk or the network saw it first.
local function tell_host(root, now, visit, kept_until)
  if queue_mail(root, now, 'a' .. visit, 'arrived', visit, kept_until) then return '1' end
  return ''
end

-- The mails of a visit last as long as it does.
local function keep_mails(root, now, visit, kept_until)
  local list = root .. ':visit:' .. visit .. ':mails'
  for _, id in ipairs(redis.call('LRANGE', list, 0, -1)) do keep(now, root .. ':mail:' .. id, kept_until) end
  keep(now, list, kept_until)
end

local function forget_mails(root, visit)
  for _, id in ipairs(redis.call('LRANGE', root .. ':visit:' .. visit .. ':mails', 0, -1)) do forget_mail(root, id) end
end

-- A mail to the visitor waits again, and meanwhile others may have been queued behind it: what they all say is one mail.
local function merge_waiting(root, visit, id, kind)
  if not TO_VISITOR[kind] then return end
  local newer, told, mine = {}, false, false
  for _, other in ipairs(redis.call('LRANGE', root .. ':visit:' .. visit .. ':mails', 0, -1)) do
    local mail = redis.call('HMGET', root .. ':mail:' .. other, 'kind', 'state')
    if other == id then
      mine = true
    elseif mail[1] and TO_VISITOR[mail[1]] then
      if mail[2] == 'sent' or mail[2] == 'sending' then told = true
      elseif mail[2] ~= 'refused' and not mine then newer[mail[1]] = other end
    end
  end
  if newer.cancelled then
    forget_mail(root, id)
    if not told then forget_mail(root, newer.cancelled) end
  elseif newer.registered or (kind == 'changed' and (newer.changed or newer.reissued)) then
    forget_mail(root, id)
  elseif kind ~= 'changed' then
    for _, other in pairs(newer) do forget_mail(root, other) end
  end
end
