-- A key's audio was delivered. KEYS[1]: the key's record.
if redis.call('HGET', KEYS[1], 's') == 'u' then
  redis.call('HSET', KEYS[1], 's', 'h')
end
return {'ok', 'done'}
