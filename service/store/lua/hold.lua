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
    if c.claimed_by and c.claimed_by ~= by then redis.call('ZREM', P .. 'claims:' .. c.claimed_by, c.id) end
    redis.call('HSET', c.key, 'claimed_by', by, 'claimed_until', until_ms)
    redis.call('ZADD', P .. 'claims:' .. by, until_ms, c.id)
    taken[#taken + 1] = c.id
  end
end
if #taken == 0 then return taken end
redis.call('PEXPIRE', P .. 'claims:' .. by, until_ms - now + 60000)
return answer(op, taken)
