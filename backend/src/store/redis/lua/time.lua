-- Every script begins with this part.
--
-- ARGV[1]: the time in ms since 1970; empty, and so outside of tests always, for this server's own.
-- ARGV[2]: until when this may run, by this server's clock; empty for any time. Who sent it has given it up
--          by then: a server that was stopped and goes on must not carry out what is over.
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
