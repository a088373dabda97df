-- ARGV from 14: how many keys are remembered at most, then for each limit its count and its span in ms. KEYS from 6:
-- the windows of the limits.
-- A window is a list of groups, the oldest first. A group is two numbers: the time of its latest request, and how many
-- requests it has.
local windows, refused, wait = {}, nil, -1
for i = 6, #KEYS do
  local count, span = tonumber(ARGV[2 * i + 3]), tonumber(ARGV[2 * i + 4])
  local packed = redis.call('GET', KEYS[i])
  local groups, total, first = packed and cmsgpack.unpack(packed) or {}, 0, 1
  while groups[first] and groups[first] + span <= now do first = first + 2 end
  for j = first, #groups, 2 do total = total + groups[j + 1] end
  if total >= count and groups[first] then
    local longer = math.max(groups[first] + span - now, 0)
    if longer >= wait then refused, wait = i - 6, longer end
  end
  windows[i] = {groups = groups, first = first, span = span}
end
if refused then return answer('limited', refused, wait) end
local till = refused_until(2)
if till then return answer('exhausted', math.max(till - now, 0)) end
local name, issued, stage = oldest()
if redis.call('LLEN', order) + under_way() >= tonumber(ARGV[14]) and answerable(issued, stage) then
  return answer('full', issued + key_ttl - now)
end
for i = 6, #KEYS do
  local window = windows[i]
  local grain = math.max(math.floor(window.span / 60), 1)
  local groups = {}
  for j = window.first, #window.groups do table.insert(groups, window.groups[j]) end
  local last = #groups
  if last > 0 and math.floor(groups[last - 1] / grain) == math.floor(now / grain) then
    groups[last - 1], groups[last] = now, groups[last] + 1
  else
    table.insert(groups, now)
    table.insert(groups, 1)
  end
  redis.call('SET', KEYS[i], cmsgpack.pack(groups), 'PX', window.span)
end
L.issuing = L.issuing + 1
return answer('admitted', open_call('i'))
