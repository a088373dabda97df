-- The day's ledger. src/book/ledger.rs defines what it means, and a property test checks that both behave alike.
--
-- KEYS: ledger, calls, open, lapse, order
--   ledger  hash: id, now, day, spent, issuing (calls under way that issue a key), closed, next, before
--   calls   hash: a call under way -> 'i', or 'v', whether a call was reserved for it, and its key
--   open    the calls under way, by the time of their admission
--   lapse   the keys whose verification is reserved, by the time of their issue
--   order   the keys that are remembered, the oldest first
-- ARGV from 3: quota or '', reserve, key_ttl, site, call_ttl, seen id, seen day, seen spent, fresh id, drift, how many
-- days are kept. The arguments of the operation begin at 14. Times are in ms.
local ledger, calls, open, lapse, order = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local quota, reserve, key_ttl = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local site, call_ttl = ARGV[6] == '1', tonumber(ARGV[7])

local DAY, KST = 86400000, 32400000
-- Clocks differ a little. If the clock is behind the ledger by no more than `drift`, the ledger keeps its time until the
-- clock has caught up.
local drift, days_kept = tonumber(ARGV[12]), tonumber(ARGV[13])
local KEPT = 4 * DAY

local function day_of(time) return math.floor((time + KST) / DAY) end
local function day_start(day) return day * DAY - KST end

-- This write comes first, because a server that is out of memory or is only a replica then refuses before anything has
-- changed.
redis.call('HSET', ledger, 'seen', clock)

local L = {}
do
  local f = redis.call('HMGET', ledger, 'id', 'now', 'day', 'spent', 'issuing', 'closed', 'next', 'before')
  if f[1] then
    L.id, L.now, L.day = f[1], tonumber(f[2]), tonumber(f[3])
    L.spent, L.issuing = tonumber(f[4]), tonumber(f[5])
    L.closed, L.next = tonumber(f[6]), tonumber(f[7])
    L.before = cjson.decode(f[8])
  else
    -- If the server has restarted without its data, no id from before may be given out again.
    L.id, L.now, L.day, L.spent, L.issuing = ARGV[11] .. ':' .. text(clock), now, day_of(now), 0, 0
    L.next, L.before = now * 1000, {}
  end
end
-- The server has lost a ledger that the caller has seen. The calls that were spent in that ledger stay spent.
if ARGV[8] ~= '' and ARGV[8] ~= L.id and tonumber(ARGV[9]) == L.day then
  L.spent = math.max(L.spent, tonumber(ARGV[10]))
end

local function under_way() return redis.call('HLEN', calls) end
local function held() return redis.call('ZCARD', lapse) end

-- The clock was ahead and was set back. What was counted for days that have not come yet was spent today.
if now < L.now - drift then
  local today = day_of(now)
  if L.day > today then
    L.day = today
    while #L.before > 0 and L.before[#L.before][1] >= today do
      L.spent = L.spent + table.remove(L.before)[2]
    end
    if L.closed then L.closed = math.min(L.closed, day_start(today + 1)) end
  end
  for _, key in ipairs(redis.call('ZRANGEBYSCORE', lapse, '(' .. text(now), '+inf')) do
    redis.call('ZADD', lapse, now, key)
  end
  L.now = now
end
now = math.max(now, L.now)
L.now = now

-- Applies the lapses of reservations and the midnights up to now, in the order in which they happened.
while true do
  local midnight = day_start(L.day + 1)
  local head = redis.call('ZRANGE', lapse, 0, 0, 'WITHSCORES')
  local at = head[2] and tonumber(head[2]) + reserve
  if at and at <= now and at < midnight then
    redis.call('ZREM', lapse, head[1])
    if site then L.spent = L.spent + 1 end
  elseif now >= midnight then
    table.insert(L.before, {L.day, L.spent})
    if #L.before > days_kept then table.remove(L.before, 1) end
    L.day = day_of(math.max(at and math.min(at, now) or now, midnight))
    L.spent = under_way()
  else
    break
  end
end
if L.closed and L.closed <= now then L.closed = nil end

local function alive(record, ttl)
  return record and tonumber(record) + 2 * ttl > now
end

-- Ends a call. `counted` is whether the upstream may have counted it. If `verdict` is nil, the key can be verified
-- again.
local function close_call(id, counted, verdict)
  local call = redis.call('HGET', calls, id)
  if not call then return end
  redis.call('HDEL', calls, id)
  redis.call('ZREM', open, id)
  if not counted then L.spent = math.max(L.spent - 1, 0) end
  if call == 'i' then
    L.issuing = math.max(L.issuing - 1, 0)
    return
  end
  local reserved, name, key = string.match(call, '^v(%d):([^:]*):(.*)$')
  local issued = redis.call('HGET', key, 'i')
  if not alive(issued, key_ttl) then return end
  if verdict then
    redis.call('HSET', key, 'v', verdict)
  else
    redis.call('HSET', key, 's', 'h')
    redis.call('HDEL', key, 'b')
    if reserved == '1' and tonumber(issued) + reserve > now then
      redis.call('ZADD', lapse, issued, name)
    end
  end
end

-- Ends the calls whose instance is gone. Each counts as made, because the instance may have made it.
for _, id in ipairs(redis.call('ZRANGEBYSCORE', open, '-inf', text(now - call_ttl))) do
  close_call(id, true, 'l')
end

-- When `count` more calls will fit into the day's quota, if nothing else happens until then; nil if they fit now.
local function room_at(count)
  if not quota then return nil end
  local spent, reserved = L.spent, held() + L.issuing
  if spent + reserved + count <= quota then return nil end
  local midnight, today, from = day_start(L.day + 1), true, 0
  while true do
    local page = redis.call('ZRANGE', lapse, from, from + 99, 'WITHSCORES')
    if #page == 0 then return midnight end
    for i = 2, #page, 2 do
      local at = tonumber(page[i]) + reserve
      if today and at >= midnight then
        today, spent = false, under_way()
        if spent + reserved + count <= quota then return midnight end
      end
      reserved = math.max(reserved - 1, 0)
      if site then spent = spent + 1 end
      if spent + reserved + count <= quota then return at end
    end
    from = from + 100
  end
end

-- nil if `count` more calls fit now, otherwise the time at which they may fit.
local function refused_until(count)
  local room = room_at(count)
  if not (room or L.closed) then return nil end
  return math.max(room or 0, L.closed or 0)
end

local function open_call(call)
  local id = text(L.next)
  L.next = L.next + 1
  L.spent = L.spent + 1
  redis.call('HSET', calls, id, call)
  redis.call('ZADD', open, now, id)
  return id
end

-- Stores the ledger, and returns the result.
local function answer(...)
  redis.call('HSET', ledger, 'id', L.id, 'now', now, 'day', L.day, 'spent', L.spent,
    'issuing', L.issuing, 'next', text(L.next), 'before', cjson.encode(L.before))
  if L.closed then
    redis.call('HSET', ledger, 'closed', L.closed)
  else
    redis.call('HDEL', ledger, 'closed')
  end
  for _, key in ipairs({ledger, calls, open, lapse, order}) do
    redis.call('PEXPIRE', key, KEPT)
  end
  return {'ok', L.id, L.day, L.spent, held() + L.issuing, L.closed or -1, now, clock, ...}
end
