#!lua
-- Puts one part of a site's configuration in place of another and raises the site's revision, so that every process and
-- every submission under way sees that what it knows is old.
--
-- Promises: nobody overwrites what he has not seen. Idempotent: the same content at the version it made is no conflict.
--
-- KEYS[1]  root of the site
-- ARGV[1]  field of the site's hash   [2] JSON   [3] version it follows, or '' for any   [4] by
--     [5]  now, ms   [6] what, for the audit
--
-- Returns {'ok', version, revision} · {'conflict', version} · {'missing'}
-- @include lib

local field, content, expected = ARGV[1], ARGV[2], ARGV[3]
local versions = 'version:' .. field
if field ~= 'site' and redis.call('EXISTS', P .. 'site') == 0 then return { 'missing' } end
local version = tonumber(redis.call('HGET', P .. 'site', versions) or '0')
local revision = tonumber(redis.call('HGET', P .. 'site', 'revision') or '0')
if redis.call('HGET', P .. 'site', field) == content then return { 'ok', version, revision } end
if expected ~= '' and tonumber(expected) ~= version then return { 'conflict', version } end
redis.call('HSET', P .. 'site', field, content)
version = redis.call('HINCRBY', P .. 'site', versions, 1)
revision = redis.call('HINCRBY', P .. 'site', 'revision', 1)
redis.call('XADD', P .. 'audit', 'MAXLEN', '~', 10000, '*', 'at', ARGV[5], 'by', ARGV[4], 'what', ARGV[6], 'version', version)
return { 'ok', version, revision }
