#!lua flags=allow-oom
-- Gives a person the named cases, those of them that are pending and that nobody else holds; his own are held anew.
--
-- Promises: no case has two living claims. Idempotent by operation for a minute: a retry gets the same cases.
--
-- KEYS[1]  root of the site
-- ARGV[1]  now, ms   [2] operation id   [3] by   [4] until, ms   [5…] comment ids
--
-- Returns the ids that are held now, in order.
-- @include lib

local now, op, by, until_ms = tonumber(ARGV[1]), ARGV[2], ARGV[3], tonumber(ARGV[4])
local done = answered(op)
if done then return done end

local taken = {}
for i = 5, #ARGV do
  local c = load(ARGV[i])
  if c and c.status == 'pending' and (not c.claimed_by or c.claimed_by == by or c.claimed_until <= now) then
    hold(c.id, c.claimed_by, by, until_ms)
    taken[#taken + 1] = c.id
  end
end
return given(op, taken, by, until_ms, now)
