#!lua flags=allow-oom
-- A person approves or rejects a comment; whoever held a claim on it loses it.
--
-- Promises: a case is never decided twice unawares. Idempotent by operation: a retry of the same call changes nothing.
-- The same decision again is no conflict; another one is, unless it names the version it saw.
--
-- KEYS[1]  root of the site
-- ARGV[1]  comment id   [2] now, ms   [3] operation id   [4] approve | reject   [5] reason or ''   [6] note or ''
--     [7]  by (account or key id)     [8] expected version or ''   [9] batch id or ''   [10] life of the batch, ms
--
-- Returns {'ok', status, version} · {'missing'} · {'conflict', status, version, standing decision as JSON or ''}
-- @include lib

local now, op, decision, reason, by, expected = tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5], ARGV[7], ARGV[8]
local done = answered(op)
if done then return done end
local c = load(ARGV[1])
if not c then return { 'missing' } end

local top = c.standing[#c.standing]
if top and top.decision == decision and (reason == '' or reason == top.reason or expected == '') then
  return { 'ok', c.status, c.version }
end
if (expected ~= '' and tonumber(expected) ~= c.version) or (top and expected == '') then
  return { 'conflict', c.status, c.version, top and cjson.encode(top) or '' }
end

local entry = { decision = decision, by = by, at = now, reason = reason, note = ARGV[6], batch = ARGV[9], was = c.status }
c.standing[#c.standing + 1] = entry
c.version = c.version + 1
move(c, decision == 'approve' and 'approved' or 'rejected', now)
stand(c)
remember(c, { what = decision, by = by, at = now, reason = reason, note = ARGV[6], batch = ARGV[9], version = c.version,
  status = c.status })
tell('comment.' .. c.status, now, c, by, reason)
if ARGV[9] ~= '' then
  redis.call('HSET', P .. 'batch:' .. ARGV[9], c.id, c.version)
  redis.call('PEXPIRE', P .. 'batch:' .. ARGV[9], ARGV[10])
end
return answer(op, { 'ok', c.status, c.version })
