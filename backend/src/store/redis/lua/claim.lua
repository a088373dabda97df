-- KEYS[6]: the key's record. ARGV from 14: the key's name in `lapse`, the request or ''.
local key, name, request = KEYS[6], ARGV[14], ARGV[15]
local record = redis.call('HMGET', key, 'i', 'h', 's', 'b', 'v')
local issued, host, stage = tonumber(record[1]), record[2], record[3]
if not alive(record[1], key_ttl) then return answer('unknown') end
if stage == 'x' then
  if request ~= '' and record[4] == request then
    if record[5] then return answer('judged', record[5], issued, host) end
    return answer('under_way')
  end
  return answer('used')
end
if issued + key_ttl <= now then return answer('expired') end
if stage ~= 'h' then return answer('unheard') end
local reserved = redis.call('ZSCORE', lapse, name) and 1 or 0
if reserved == 0 or L.closed then
  local till = refused_until(1)
  if till then return answer('exhausted', math.max(till - now, 0)) end
end
redis.call('ZREM', lapse, name)
redis.call('HSET', key, 's', 'x')
if request ~= '' then redis.call('HSET', key, 'b', request) end
return answer('taken', open_call('v' .. reserved .. ':' .. name .. ':' .. key), issued, host)
