#!lua
-- Stores a comment with its case and its opening event, or says why not.
--
-- Promises: all or nothing. Idempotent by comment id: the same call again changes nothing and answers the same. What is
-- written was judged by what holds at this moment: by this configuration (no key revoked, no author blocked meanwhile),
-- by this standing of the author and this age of the article. No repeat, no duplicate, within the flood limits.
--
-- KEYS[1]  root of the site
-- ARGV[1]  comment id            [2] now, ms              [3] revision of the configuration it was judged by
--     [4]  doc, JSON             [5] status               [6] kind               [7] priority, 0-100
--     [8]  article digest        [9] author digest       [10] client_ref or ''  [11] digest of client_ref or ''
--    [12]  digest of the Idempotency-Key or ''           [13] digest of the submission
--    [14]  digest for duplicates                         [15] verdict's first reason code or ''
--    [16]  article id           [17] article URL         [18] article title     [19] published, ms, or ''
--    [20]  the author's approved and  [21] rejected comments, and  [22] the article's first time in ms, by which it was
--          judged (now, where the article is new); [20] '': it is content with having been judged by what was told last
--    [23…] flood limits, three each: digest, comments, period in ms
--
-- Returns {'created'} · {'stale', revision} · {'repeat', comment id} · {'other', comment id} (a repeat with another
-- body) · {'duplicate'} · {'otherwise', approved, rejected, first time} (to be judged by these) · {'flood', index of the
-- limit from 1, retry after in ms}
-- @include lib

local DAY = 86400000
local id, now = ARGV[1], tonumber(ARGV[2])
if redis.call('EXISTS', P .. 'comment:' .. id) == 1 then return { 'created' } end

local revision = redis.call('HGET', P .. 'site', 'revision')
if revision ~= ARGV[3] then return { 'stale', revision or '' } end

local known = {}
if ARGV[11] ~= '' then known[#known + 1] = P .. 'ref:' .. ARGV[11] end
if ARGV[12] ~= '' then known[#known + 1] = P .. 'idem:' .. ARGV[12] end
for _, key in ipairs(known) do
  local was = redis.call('GET', key)
  if was then
    local first, digest = string.match(was, '^(%S+) (%S+)$')
    return { digest == ARGV[13] and 'repeat' or 'other', first }
  end
end

local duplicate = P .. 'dup:' .. ARGV[14]
if redis.call('EXISTS', duplicate) == 1 then return { 'duplicate' } end

local arrivals = {}
for i = 23, #ARGV, 3 do
  local key, period = P .. 'flood:' .. ARGV[i], tonumber(ARGV[i + 2])
  local each = period / tonumber(ARGV[i + 1])
  local arrival = math.max(tonumber(redis.call('GET', key) or '0'), now) + each
  if arrival - now > period then return { 'flood', (i - 20) / 3, math.ceil(arrival - now - period) } end
  arrivals[#arrivals + 1] = { key, arrival }
end

local author, article = P .. 'author:' .. ARGV[9], P .. 'article:' .. ARGV[8]
local counts = redis.call('HMGET', author, 'approved', 'rejected')
local first_seen = redis.call('HGET', article, 'first_seen')
local is_so = (counts[1] or '0') == ARGV[20] and (counts[2] or '0') == ARGV[21] and (first_seen or ARGV[2]) == ARGV[22]
if not is_so and ARGV[20] ~= '' then return { 'otherwise', counts[1], counts[2], first_seen } end

for _, a in ipairs(arrivals) do
  redis.call('SET', a[1], string.format('%.3f', a[2]), 'PX', math.max(1, math.ceil(a[2] - now)))
end

local c = {
  id = id, status = ARGV[5], version = 1, kind = ARGV[6], priority = tonumber(ARGV[7]), article = ARGV[8],
  author = ARGV[9], ref = ARGV[10], created = now, escalated = false,
}
redis.call('HSET', P .. 'comment:' .. id, 'doc', ARGV[4], 'status', c.status, 'version', 1, 'created', now, 'kind', c.kind,
  'priority', c.priority, 'article', c.article, 'author', c.author, 'ref', c.ref)
redis.call('ZADD', P .. 'status:' .. c.status, now, id)
redis.call('ZADD', P .. 'under:' .. c.article, now, id)
redis.call('ZADD', P .. 'of:' .. c.author, now, id)
redis.call('HINCRBY', author, c.status, 1)
redis.call('HSETNX', author, 'first_seen', now)
redis.call('HSET', article, 'first_seen', first_seen or now, 'id', ARGV[16], 'url', ARGV[17], 'title', ARGV[18],
  'published', ARGV[19])
if c.status == 'pending' then enqueue(c) end
if ARGV[11] ~= '' then
  redis.call('SET', P .. 'ref:' .. ARGV[11], id .. ' ' .. ARGV[13])
  redis.call('HSET', P .. 'comment:' .. id, 'ref_digest', ARGV[11])
end
if ARGV[12] ~= '' then redis.call('SET', P .. 'idem:' .. ARGV[12], id .. ' ' .. ARGV[13], 'PX', DAY) end
redis.call('SET', duplicate, id, 'PX', DAY)
tell('comment.submitted', now, c, 'machine', ARGV[15])
return { 'created' }
