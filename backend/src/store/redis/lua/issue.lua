-- KEYS[6]: the key's record. ARGV from 14: call, the key's name, host, how many keys are remembered at most.
--   record  hash: i issued, h host, s stage (u unheard, h heard, x used), f fetches of its audio,
--           b the request that its verification is bound to, v verdict, g whether its token was granted
local id, name, host = ARGV[14], ARGV[15], ARGV[16]
if alive(redis.call('HGET', KEYS[6], 'i'), key_ttl) then
  close_call(id, true, 'l')
  return answer('duplicate')
end
if redis.call('HGET', calls, id) == 'i' then
  redis.call('HDEL', calls, id)
  redis.call('ZREM', open, id)
  L.issuing = math.max(L.issuing - 1, 0)
  -- Forgets the oldest keys early, but only keys that can no longer be answered.
  while redis.call('LLEN', order) >= tonumber(ARGV[17]) do
    local old, issued, stage = oldest()
    if answerable(issued, stage) then break end
    redis.call('LPOP', order)
    redis.call('ZREM', lapse, old)
    redis.call('DEL', record_of(old))
  end
  redis.call('RPUSH', order, name)
  redis.call('ZADD', lapse, now, name)
  redis.call('DEL', KEYS[6])
  redis.call('HSET', KEYS[6], 'i', now, 'h', host, 's', 'u')
  redis.call('PEXPIRE', KEYS[6], 2 * key_ttl)
end
return answer('entered')
