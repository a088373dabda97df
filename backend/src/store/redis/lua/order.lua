-- The number of remembered keys is limited, so that nobody can fill the server's memory even if there is no quota.
-- KEYS[5]: the names of the keys, in the order of their issue. A record expires by itself; this removes its name.
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

-- Each step removes only a few names, because everybody waits for a step; but it removes more than are added.
for _ = 1, 100 do
  local name, issued = oldest()
  if not name or alive(issued, key_ttl) then break end
  redis.call('LPOP', order)
end
