-- How a call ended. ARGV from 12: call, whether the upstream may have counted it, verdict or ''.
close_call(ARGV[12], ARGV[13] == '1', ARGV[14] ~= '' and ARGV[14] or nil)
return answer('done')
