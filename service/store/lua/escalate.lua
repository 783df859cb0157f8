#!lua flags=allow-oom
-- Hands a pending case to the editors' queue; a claim on it ends.
--
-- Promises: idempotent: a case that is escalated already stays so.
--
-- KEYS[1]  root of the site
-- ARGV[1]  comment id   [2] now, ms   [3] by   [4] note
--
-- Returns {'ok', status, version} · {'missing'} · {'decided', status, version}
-- @include lib

local c = load(ARGV[1])
if not c then return { 'missing' } end
if c.escalated and c.status == 'pending' then return { 'ok', c.status, c.version } end
if c.status ~= 'pending' then return { 'decided', c.status, c.version } end
dequeue(c)
c.escalated = true
c.version = c.version + 1
redis.call('HSET', c.key, 'escalated', '1', 'version', c.version)
enqueue(c)
remember(c, { what = 'escalate', by = ARGV[3], at = tonumber(ARGV[2]), note = ARGV[4],
  version = c.version, status = c.status })
return { 'ok', c.status, c.version }
