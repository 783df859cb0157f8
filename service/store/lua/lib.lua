-- Shared by all scripts of a site. KEYS[1] is the site's root, `saring:{tag}`; every other key is built from it, so all
-- share its slot. Times are epoch milliseconds and always come in as arguments: no script reads the clock.

local P = KEYS[1] .. ':'

-- A client that heard no answer sends its call again, under the same operation id: for a minute it gets the answer that it
-- missed, and nothing is done twice.
local function answered(op)
  local reply = redis.call('GET', P .. 'op:' .. op)
  return reply and cjson.decode(reply)
end

local function answer(op, reply)
  redis.call('SET', P .. 'op:' .. op, cjson.encode(reply), 'PX', 60000)
  return reply
end

-- The standing part of a comment, or nil where there is none by this id.
local function load(id)
  local v = redis.call('HMGET', P .. 'comment:' .. id, 'status', 'version', 'standing', 'created', 'priority',
    'kind', 'article', 'author', 'escalated', 'ref', 'claimed_by', 'claimed_until', 'since')
  if not v[1] then return nil end
  return {
    id = id, key = P .. 'comment:' .. id, status = v[1], version = tonumber(v[2]), standing = cjson.decode(v[3] or '[]'),
    created = tonumber(v[4]), priority = tonumber(v[5]), kind = v[6], article = v[7], author = v[8],
    escalated = v[9] == '1', ref = v[10] or '', claimed_by = v[11], claimed_until = tonumber(v[12] or '0'),
    since = tonumber(v[13] or v[4]),
  }
end

-- The views of the queue that show a case: an escalated one is for editors alone.
local function views(c)
  if c.escalated then return { 'escalated' } end
  return { 'all', 'kind:' .. c.kind, 'article:' .. c.article }
end

-- More urgent is higher; of equals the older one. Below 2^53, hence exact as a double.
local function enqueue(c)
  local rank = string.format('%.0f', c.priority * 1e13 + (1e13 - c.created))
  for _, view in ipairs(views(c)) do
    redis.call('ZADD', P .. 'queue:rank:' .. view, rank, c.id)
    redis.call('ZADD', P .. 'queue:time:' .. view, c.created, c.id)
  end
end

-- Gives a case to somebody; `before`, whose claim has ended, loses it from his list.
local function hold(id, before, by, until_ms)
  if before and before ~= by then redis.call('ZREM', P .. 'claims:' .. before, id) end
  redis.call('HSET', P .. 'comment:' .. id, 'claimed_by', by, 'claimed_until', until_ms)
  redis.call('ZADD', P .. 'claims:' .. by, until_ms, id)
end

-- Tells, and remembers, which cases `by` was given; his list ends a minute after the last claim in it.
local function given(op, taken, by, until_ms, now)
  if #taken == 0 then return taken end
  redis.call('PEXPIRE', P .. 'claims:' .. by, until_ms - now + 60000)
  return answer(op, taken)
end

local function unclaim(c)
  if c.claimed_by then
    redis.call('HDEL', c.key, 'claimed_by', 'claimed_until')
    redis.call('ZREM', P .. 'claims:' .. c.claimed_by, c.id)
  end
end

local function dequeue(c)
  for _, view in ipairs(views(c)) do
    redis.call('ZREM', P .. 'queue:rank:' .. view, c.id)
    redis.call('ZREM', P .. 'queue:time:' .. view, c.id)
  end
  unclaim(c)
end

-- Appends a fact to the site's events: `0-*` makes the stream itself count without a gap.
local function tell(type, now, c, by, reason)
  redis.call('XADD', P .. 'events', '0-*', 'type', type, 'at', now, 'comment', c.id, 'ref', c.ref, 'status', c.status,
    'version', c.version, 'by', by, 'reason', reason)
end

local function remember(c, entry)
  redis.call('RPUSH', P .. 'history:' .. c.id, cjson.encode(entry))
end

-- Moves a comment to another status with its indexes and its author's counts; the caller has raised `c.version`. It is
-- kept, or waits, as long from now on as if it had come now: what somebody has just reopened must not expire at once.
local function move(c, status, now)
  if c.status == 'pending' then dequeue(c) end
  if status ~= c.status then
    redis.call('ZREM', P .. 'status:' .. c.status, c.id)
    redis.call('ZADD', P .. 'status:' .. status, c.created, c.id)
    redis.call('HINCRBY', P .. 'author:' .. c.author, c.status, -1)
    redis.call('HINCRBY', P .. 'author:' .. c.author, status, 1)
  end
  c.status = status
  if status == 'pending' then enqueue(c) end
  redis.call('HSET', c.key, 'status', status, 'version', c.version, 'since', now)
end

local function stand(c)
  if #c.standing == 0 then
    redis.call('HDEL', c.key, 'standing')
  else
    redis.call('HSET', c.key, 'standing', cjson.encode(c.standing))
  end
end
