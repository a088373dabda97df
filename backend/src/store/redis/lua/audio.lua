-- Allows one fetch of a key's audio. KEYS[1]: the key's record. ARGV from 3: key_ttl, how many fetches are allowed.
local key_ttl = tonumber(ARGV[3])
local record = redis.call('HMGET', KEYS[1], 'i', 's', 'f')
local issued = tonumber(record[1])
if not issued or issued + 2 * key_ttl <= now then return {'ok', 'unknown'} end
if record[2] == 'x' then return {'ok', 'used'} end
if issued + key_ttl <= now then return {'ok', 'expired'} end
if tonumber(record[3] or 0) >= tonumber(ARGV[4]) then return {'ok', 'overfetched'} end
redis.call('HINCRBY', KEYS[1], 'f', 1)
return {'ok', 'admitted'}
