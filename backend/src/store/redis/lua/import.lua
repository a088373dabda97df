-- Takes over a count that was kept elsewhere. ARGV from 14: its day, how many calls were spent on that day.
if tonumber(ARGV[14]) ~= L.day then return answer('another_day') end
L.spent = math.max(L.spent, tonumber(ARGV[15]))
return answer('done')
