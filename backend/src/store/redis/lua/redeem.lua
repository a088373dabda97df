-- KEYS[1]: the token's record. ARGV from 3: token_ttl, the request or ''.
local token_ttl, request = tonumber(ARGV[3]), ARGV[4]
local record = redis.call('HMGET', KEYS[1], 'g', 'h', 'i', 'r', 'b')
local granted = tonumber(record[1])
if not granted or granted + 2 * token_ttl <= now then return {'ok', 'unknown'} end
if record[4] then
  if request ~= '' and record[5] == request then return {'ok', 'redeemed', record[3], record[2]} end
  return {'ok', 'spent'}
end
if granted + token_ttl <= now then return {'ok', 'spent'} end
redis.call('HSET', KEYS[1], 'r', 1)
if request ~= '' then redis.call('HSET', KEYS[1], 'b', request) end
return {'ok', 'redeemed', record[3], record[2]}
