-- Takes back one fetch from the key's count. KEYS[1]: the key's record.
if tonumber(redis.call('HGET', KEYS[1], 'f') or 0) > 0 then
  redis.call('HINCRBY', KEYS[1], 'f', -1)
end
return {'ok', 'done'}
