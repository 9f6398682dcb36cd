-- @include admit

local MAIL_TRIES = 5
local TELL_EVERY_MS = 60000

-- The guessing policy (src/domain/guessing.ts has the arithmetic): risk per failure, two kinds of budget. Returns the budget
-- that a failure is charged to; or nothing, and the reply where no PIN is judged now. It was typed at a gateway or at a check-in
-- desk, the other is ''.
local function budget_of(root, now, capacity, mail, gateway, desk)
  local cost = 0
  for digits = 5, 10 do
    local telling = root .. ':telling:' .. digits
    local live = redis.call('ZCOUNT', telling .. ':from', '-inf', int(now)) - redis.call('ZCOUNT', telling .. ':until', '-inf', int(now))
    if live > 0 then cost = cost - math.log(1 - math.min(live / 10 ^ digits, 0.999999)) end
  end

  local function level_of(key, full)
    local bucket = redis.call('HMGET', key, 'level', 'at')
    if not bucket[1] then return full end
    local passed = math.max(0, now - tonumber(bucket[2]))
    return math.min(full, tonumber(bucket[1]) + passed * capacity / DAY)
  end

  local site_bucket = root .. ':attempts'
  local bucket = site_bucket
  local full = capacity
  local level = level_of(site_bucket, full)
  local spent = redis.call('HGET', site_bucket, 'spent') == '1'
  if spent and level >= math.max(capacity / 10, cost) then
    spent = false
    redis.call('HDEL', site_bucket, 'spent')
  end
  if not spent and level < cost then
    spent = true
    redis.call('HSET', site_bucket, 'spent', '1', 'level', string.format('%.17g', level), 'at', int(now))
    record(root, now, 'guessing.budget-spent', 'gateway', gateway, 'desk', desk)
  end
  if spent then
    if mail == '' then return nil, { 'email' } end
    bucket = root .. ':attempts:mail:' .. mail
    -- A few tries at once, not a day's: every address begins with a full bucket. Room for one at least: a wait must end,
    -- also where PINs are too short for their number.
    full = math.max(cost, math.min(capacity, MAIL_TRIES * cost))
    level = level_of(bucket, full)
    if level < cost then return nil, { 'throttled', int(math.ceil((cost - level) * DAY / capacity)) } end
  end
  return { site = site_bucket, bucket = bucket, full = full, level = level, cost = cost, spent = spent, capacity = capacity }
end

local function charge(now, budget)
  local level = math.max(0, budget.level - budget.cost)
  redis.call('HSET', budget.bucket, 'level', string.format('%.17g', level), 'at', int(now))
  -- A full bucket needs no record: addresses that nobody has fill no memory for long.
  if budget.bucket ~= budget.site then
    redis.call('PEXPIRE', budget.bucket, int(math.ceil((budget.full - level) * DAY / budget.capacity) + 1000))
  end
end

-- With addresses that nobody has, failures have no common budget: once a minute they are told together, so that nobody
-- writes the log full.
local function tell_failure(root, now, budget, state, visit, gateway, desk)
  local told = budget.spent and redis.call('HGET', budget.site, 'toldAt')
  if not told or now - tonumber(told) >= TELL_EVERY_MS then
    local count = 1 + tonumber(redis.call('HGET', budget.site, 'untold') or '0')
    redis.call('HDEL', budget.site, 'untold')
    if budget.spent then redis.call('HSET', budget.site, 'toldAt', int(now)) end
    record(root, now, 'pin.failed', 'gateway', gateway, 'desk', desk, 'outcome', state, 'visit', visit, 'count', count)
  else
    redis.call('HINCRBY', budget.site, 'untold', 1)
  end
end
