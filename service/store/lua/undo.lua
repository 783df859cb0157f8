#!lua flags=allow-oom
-- Takes back the decision that stands (or, where none does, an escalation): the comment is what it was before, and in
-- the queue it has its old rank, since priority and age have not changed.
--
-- Promises: idempotent by operation. What the machine said is no decision and cannot be undone.
--
-- KEYS[1]  root of the site
-- ARGV[1]  comment id   [2] now, ms   [3] operation id   [4] by   [5] expected version or ''
--
-- Returns {'ok', status, version} · {'missing'} · {'nothing'} · {'conflict', status, version, decision as JSON or ''}
-- @include lib

local now, op, by, expected = tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]
local done = answered(op)
if done then return done end
local c = load(ARGV[1])
if not c then return { 'missing' } end
local top = c.standing[#c.standing]
if expected ~= '' and tonumber(expected) ~= c.version then
  return { 'conflict', c.status, c.version, top and cjson.encode(top) or '' }
end

local back = c.status
if top then
  back = top.was
  c.standing[#c.standing] = nil
elseif c.escalated and c.status == 'pending' then
  dequeue(c)
  c.escalated = false
  redis.call('HDEL', c.key, 'escalated')
else
  return { 'nothing' }
end
c.version = c.version + 1
move(c, back, now)
stand(c)
remember(c, { what = 'undo', by = by, at = now, version = c.version, status = c.status })
if top then tell('comment.reopened', now, c, by, '') end
return answer(op, { 'ok', c.status, c.version })
