#!lua flags=allow-oom
-- Puts API keys beside those of a site, or in their place: all of them or none. Raises the version of the site's keys,
-- and its revision, so that every process sees that what it knows is old. A key can be revoked when memory is full.
--
-- Promises: nobody overwrites what he has not seen. Idempotent: the same keys again are no conflict.
--
-- KEYS[1]  root of the site
-- ARGV[1]  version of the keys that this follows, or '' for any   [2] by   [3] now, ms
--     [4…] key ids, each with its JSON
--
-- Returns {'ok', version} · {'conflict', version} · {'missing'}
-- @include lib

local expected, changes = ARGV[1], false
if redis.call('EXISTS', P .. 'site') == 0 then return { 'missing' } end
local version = tonumber(redis.call('HGET', P .. 'site', 'version:keys') or '0')
for i = 4, #ARGV, 2 do
  changes = changes or redis.call('HGET', P .. 'keys', ARGV[i]) ~= ARGV[i + 1]
end
if not changes and #ARGV > 3 then return { 'ok', version } end
if expected ~= '' and tonumber(expected) ~= version then return { 'conflict', version } end
if not changes then return { 'ok', version } end
for i = 4, #ARGV, 2 do redis.call('HSET', P .. 'keys', ARGV[i], ARGV[i + 1]) end
version = redis.call('HINCRBY', P .. 'site', 'version:keys', 1)
redis.call('HINCRBY', P .. 'site', 'revision', 1)
redis.call('XADD', P .. 'audit', 'MAXLEN', '~', 10000, '*', 'at', ARGV[3], 'by', ARGV[2], 'what', 'key', 'version', version)
return { 'ok', version }
