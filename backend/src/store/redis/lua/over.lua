-- How a call ended. ARGV from 14: call, whether the upstream may have counted it, verdict or ''.
close_call(ARGV[14], ARGV[15] == '1', ARGV[16] ~= '' and ARGV[16] or nil)
return answer('done')
