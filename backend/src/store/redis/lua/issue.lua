-- KEYS[5]: the key's record. ARGV from 12: call, the key's name among the lapsing, host.
--   record  hash: i issued, h host, s stage (u unheard, h heard, x used), f fetches of its audio,
--           b the request that its verification is bound to, v verdict, g whether its token was granted
local id, name, host = ARGV[12], ARGV[13], ARGV[14]
if alive(redis.call('HGET', KEYS[5], 'i'), key_ttl) then
  close_call(id, true, 'l')
  return answer('duplicate')
end
if redis.call('HGET', calls, id) == 'i' then
  redis.call('HDEL', calls, id)
  redis.call('ZREM', open, id)
  L.issuing = math.max(L.issuing - 1, 0)
  redis.call('ZADD', lapse, now, name)
  redis.call('DEL', KEYS[5])
  redis.call('HSET', KEYS[5], 'i', now, 'h', host, 's', 'u')
  redis.call('PEXPIRE', KEYS[5], 2 * key_ttl)
end
return answer('entered')
