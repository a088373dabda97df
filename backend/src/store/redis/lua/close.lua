-- The upstream says that its quota is spent. ARGV from 14: when the refused call was admitted, and for how many ms
-- after midnight the upstream may still mean the day before.
if day_of(tonumber(ARGV[14])) < L.day then return answer('passed_over') end
local doubt = day_start(L.day) + tonumber(ARGV[15])
L.closed = now < doubt and doubt or day_start(L.day + 1)
return answer('closed')
