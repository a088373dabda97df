-- The keys that are remembered are bounded, so that without a quota too nobody can fill the server's memory.
-- KEYS[5]: their names in the order of their issue. A record ends by itself; its name is taken off the list here.
local function record_of(name)
  return string.sub(ledger, 1, -string.len('ledger') - 1) .. 'k:' .. name
end

local function oldest()
  local name = redis.call('LINDEX', order, 0)
  if not name then return nil end
  local record = redis.call('HMGET', record_of(name), 'i', 's')
  return name, tonumber(record[1]), record[2]
end

local function answerable(issued, stage)
  return issued and stage ~= 'x' and issued + key_ttl > now
end

-- A few with each step, since a step holds everybody up: more than are added.
for _ = 1, 100 do
  local name, issued = oldest()
  if not name or alive(issued, key_ttl) then break end
  redis.call('LPOP', order)
end
