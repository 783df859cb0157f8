#!lua flags=allow-oom
-- Gives a person the next cases of a view, which nobody else gets until the claim ends.
--
-- Promises: no case has two living claims. A claim is a time in the comment itself, so one that ended needs no clearing
-- up: the case is free again by itself. Idempotent by operation for a minute: a retry gets the same cases.
--
-- KEYS[1]  root of the site
-- ARGV[1]  now, ms   [2] operation id   [3] by   [4] until, ms   [5] how many   [6] rank | oldest | newest   [7] view
--     [8]  a second view that the case must be in too, or ''
--
-- Returns the comment ids, in order.
-- @include lib

local now, op, by, until_ms, n = tonumber(ARGV[1]), ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local done = answered(op)
if done then return done end

local newest_first = ARGV[6] ~= 'oldest'
local source = P .. 'queue:' .. (ARGV[6] == 'rank' and 'rank:' or 'time:')
local walked, other = source .. ARGV[7], ARGV[8] ~= '' and source .. ARGV[8]
-- A case has the same score in all views, so the shorter of the two may be walked as well: one article's, not all spam.
if other and redis.call('ZCARD', other) < redis.call('ZCARD', walked) then walked, other = other, walked end
local taken, from, page = {}, 0, math.max(50, n)
while #taken < n do
  local ids = redis.call(newest_first and 'ZREVRANGE' or 'ZRANGE', walked, from, from + page - 1)
  for _, id in ipairs(ids) do
    local key = P .. 'comment:' .. id
    local held = redis.call('HGET', key, 'claimed_until')
    local free = not held or tonumber(held) <= now
    if free and (not other or redis.call('ZSCORE', other, id)) then
      hold(id, redis.call('HGET', key, 'claimed_by'), by, until_ms)
      taken[#taken + 1] = id
      if #taken == n then break end
    end
  end
  if #ids < page then break end
  from = from + page
end
return given(op, taken, by, until_ms, now)
