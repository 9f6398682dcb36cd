-- @include access

-- The text of the terms that visitors are shown from now on, '' for none. A text that is not the last one gets a number; the
-- texts before it stay, since somebody accepted them.
local function put_terms(root, now, text, digest)
  local settings, terms = root .. ':settings', root .. ':terms'
  if text == '' then
    redis.call('HDEL', settings, 'terms')
    return 0
  end
  local count = redis.call('HLEN', terms)
  local last = count > 0 and cjson.decode(redis.call('HGET', terms, int(count)))
  if not last or last.digest ~= digest then
    count = count + 1
    redis.call('HSET', terms, int(count), cjson.encode({ text = text, digest = digest, since = int(now) }))
  end
  redis.call('HSET', settings, 'terms', int(count))
  return count
end

-- Somebody accepts the terms of this number for the visit, '' for none that were shown. Told once: an older text than the one
-- that was accepted already says nothing new.
local function accept_terms(root, now, id, version, gateway, by)
  if version == '' then return end
  local key = root .. ':visit:' .. id
  if tonumber(redis.call('HGET', key, 'termsVersion') or '0') >= tonumber(version) then return end
  redis.call('HSET', key, 'termsVersion', version, 'termsAcceptedAt', int(now))
  record(root, now, 'terms.accepted', 'visit', id, 'version', version, 'gateway', gateway, 'by', by)
end
