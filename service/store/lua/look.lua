#!lua flags=no-writes
-- Looks before a group of submissions to a site is assessed: the site's revision, and of each submission whether it
-- repeats another, how its author stands, and since when its article is known.
--
-- Promises: writes nothing, and sees all at one moment. What it tells may change until the write, which looks again.
--
-- KEYS[1]  root of the site
-- ARGV[1…] five for each submission: digest for duplicates, digest of client_ref or '', digest of the Idempotency-Key
--          or '', author digest, article digest
--
-- Returns {revision or nil, five for each submission: entry of the comment that it repeats or nil, comment of which it
-- is a duplicate or nil, approved or nil, rejected or nil, the article's first time in ms or nil}
local P = KEYS[1] .. ':'

local reply = { redis.call('HGET', P .. 'site', 'revision') }
for i = 1, #ARGV, 5 do
  -- MGET, since it passes over a key of another type: what is wrong with one comment is not its neighbours'.
  local known = redis.call('MGET', P .. 'dup:' .. ARGV[i], P .. 'ref:' .. ARGV[i + 1], P .. 'idem:' .. ARGV[i + 2])
  local counts = redis.call('HMGET', P .. 'author:' .. ARGV[i + 3], 'approved', 'rejected')
  local n = #reply
  reply[n + 1] = known[2] or known[3]
  reply[n + 2] = known[1]
  reply[n + 3] = counts[1]
  reply[n + 4] = counts[2]
  reply[n + 5] = redis.call('HGET', P .. 'article:' .. ARGV[i + 4], 'first_seen')
end
return reply
