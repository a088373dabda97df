-- An operator opens the day again.
L.closed = nil
return answer('done')
