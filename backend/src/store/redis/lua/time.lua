-- Every script begins with this part.
--
-- ARGV[1]: the time in ms since 1970, which only tests set. If it is empty, the time is that of this server.
-- ARGV[2]: the latest time at which this script may run, by this server's clock; empty if there is none. After it, the
--          caller has given up. A server that was stopped and continues must not run scripts that nobody waits for.
local clock = redis.call('TIME')
clock = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
if ARGV[2] ~= '' and clock > tonumber(ARGV[2]) then
  return {'late'}
end
local now = tonumber(ARGV[1]) or clock

-- Whole numbers as text: Lua writes large ones with an exponent.
local function text(number)
  return string.format('%.0f', number)
end
