#!lua flags=allow-oom
-- Gives claimed cases back; without ids all that the person holds. Claims of others stay as they are.
--
-- Promises: idempotent by operation; a claim that has passed to somebody else is not touched.
--
-- KEYS[1]  root of the site
-- ARGV[1]  by   [2] operation id   [3…] comment ids
--
-- Returns the ids given back.
-- @include lib

local by, op, ids = ARGV[1], ARGV[2], {}
local done = answered(op)
if done then return done end
for i = 3, #ARGV do ids[#ids + 1] = ARGV[i] end
if #ids == 0 then ids = redis.call('ZRANGE', P .. 'claims:' .. by, 0, -1) end
local given = {}
for _, id in ipairs(ids) do
  local c = load(id)
  if c and c.claimed_by == by then
    unclaim(c)
    given[#given + 1] = id
  else
    redis.call('ZREM', P .. 'claims:' .. by, id)
  end
end
return answer(op, given)
