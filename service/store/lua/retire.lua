#!lua flags=allow-oom
-- Ends comments whose time is over: a pending one becomes expired, with an event; a decided or expired one is deleted.
--
-- Promises: idempotent; looks again at each comment's status and time, so that a decision made meanwhile counts.
--
-- KEYS[1]  root of the site
-- ARGV[1]  now, ms   [2] expire those pending since before, ms   [3] delete those ended before, ms
--     [4…] comment ids
--
-- Returns {how many expired, how many deleted}
-- @include lib

local now, expire_before, delete_before = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local expired, deleted = 0, 0
for i = 4, #ARGV do
  local c = load(ARGV[i])
  if c and c.status == 'pending' then
    if c.since < expire_before then
      c.version = c.version + 1
      move(c, 'expired', now)
      tell('comment.expired', now, c, 'system', '')
      expired = expired + 1
    end
  elseif c then
    if c.since < delete_before then
      if c.ref ~= '' then
        local ref = redis.call('HGET', c.key, 'ref_digest')
        if ref then redis.call('DEL', P .. 'ref:' .. ref) end
      end
      redis.call('DEL', c.key, P .. 'history:' .. c.id)
      redis.call('ZREM', P .. 'status:' .. c.status, c.id)
      redis.call('ZREM', P .. 'of:' .. c.author, c.id)
      redis.call('ZREM', P .. 'under:' .. c.article, c.id)
      if redis.call('EXISTS', P .. 'under:' .. c.article) == 0 then redis.call('DEL', P .. 'article:' .. c.article) end
      deleted = deleted + 1
    end
  end
end
return { expired, deleted }
