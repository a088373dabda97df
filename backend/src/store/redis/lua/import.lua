-- Takes over a count that was kept elsewhere. ARGV from 12: its day, how many calls were spent on that day.
if tonumber(ARGV[12]) ~= L.day then return answer('another_day') end
L.spent = math.max(L.spent, tonumber(ARGV[13]))
return answer('done')
