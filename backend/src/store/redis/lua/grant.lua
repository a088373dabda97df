-- KEYS: the key's record, the token's. ARGV from 3: key_ttl, token_ttl.
--   token  hash: g granted, h host, i when its key was issued, r whether it was redeemed, b by which request
local key_ttl, token_ttl = tonumber(ARGV[3]), tonumber(ARGV[4])
local record = redis.call('HMGET', KEYS[1], 'i', 'h', 's', 'v', 'g')
if not record[1] or tonumber(record[1]) + 2 * key_ttl <= now then return {'ok', 'unknown'} end
if record[3] ~= 'x' or record[4] ~= 'r' or record[5] then return {'ok', 'used'} end
redis.call('HSET', KEYS[1], 'g', 1)
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'g', now, 'h', record[2], 'i', record[1])
redis.call('PEXPIRE', KEYS[2], 2 * token_ttl)
return {'ok', 'granted'}
