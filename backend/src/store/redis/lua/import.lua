-- Takes a count over that was kept elsewhere. ARGV from 12: its day, what was spent on it.
if tonumber(ARGV[12]) ~= L.day then return answer('another_day') end
L.spent = math.max(L.spent, tonumber(ARGV[13]))
return answer('done')
