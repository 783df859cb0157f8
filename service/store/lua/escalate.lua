#!lua flags=allow-oom
-- Hands a pending case to the editors' queue; a claim on it ends.
--
-- Promises: idempotent by operation; a case that is escalated already stays so.
--
-- KEYS[1]  root of the site
-- ARGV[1]  comment id   [2] now, ms   [3] operation id   [4] by   [5] note
--
-- Returns {'ok', status, version} · {'missing'} · {'decided', status, version}
-- @include lib

local now, op, by, note = tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]
local done = answered(op)
if done then return done end
local c = load(ARGV[1])
if not c then return { 'missing' } end
if c.escalated and c.status == 'pending' then return { 'ok', c.status, c.version } end
if c.status ~= 'pending' then return { 'decided', c.status, c.version } end
dequeue(c)
c.escalated = true
c.version = c.version + 1
redis.call('HSET', c.key, 'escalated', '1', 'version', c.version)
enqueue(c)
remember(c, { what = 'escalate', by = by, at = now, note = note, version = c.version, status = c.status })
return answer(op, { 'ok', c.status, c.version })
