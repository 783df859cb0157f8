#!lua flags=allow-oom
-- Changes accounts, with their links and tokens: all of it or nothing. A password can be changed when memory is full.
--
-- Promises: what a change does not name stays as it stands, whoever changed it meanwhile; an account, its e-mail address
-- and its tokens come together; a link is taken once. Idempotent: the same again finds it done.
--
-- KEYS[1]  root of the people
-- ARGV[1]  JSON: {"changes": [{"id", and of these what changes:
--            "new": the account, where it is a new one · "roles": by site tag, "" takes it · "disabled": true or false
--            "password": its hash, in place of "follows"}],
--          "links": [[keyed hash, value, life in ms]], "takes": keyed hash of a link, or "",
--          "tokens": [[keyed hash, JSON]]}
--
-- Returns {'ok'} · {'exists', e-mail} · {'missing', account} · {'taken'}: the link, or the password that was to follow
local P = KEYS[1] .. ':'
local asked = cjson.decode(ARGV[1])
local accounts, done = {}, false
for _, change in ipairs(asked.changes) do
  local raw = redis.call('HGET', P .. 'accounts', change.id)
  if change.new and not raw then
    local owner = redis.call('HGET', P .. 'emails', change.new.key)
    if owner and owner ~= change.id then return { 'exists', change.new.key } end
    raw = change.new.record
  end
  if not raw then return { 'missing', change.id } end
  local account = cjson.decode(raw)
  if change.password then
    if account.password == change.password then
      done = true
    elseif account.password ~= change.follows then
      return { 'taken' }
    end
    account.password = change.password
  end
  for tag, role in pairs(change.roles or {}) do account.roles[tag] = role ~= '' and role or nil end
  if change.disabled ~= nil then account.disabled = change.disabled end
  accounts[change.id] = account
end
if asked.takes ~= '' and redis.call('DEL', P .. 'invitation:' .. asked.takes) == 0 and not done then return { 'taken' } end
for id, account in pairs(accounts) do redis.call('HSET', P .. 'accounts', id, cjson.encode(account)) end
for _, change in ipairs(asked.changes) do
  if change.new then redis.call('HSET', P .. 'emails', change.new.key, change.id) end
end
for _, link in ipairs(asked.links) do redis.call('SET', P .. 'invitation:' .. link[1], link[2], 'PX', link[3]) end
for _, token in ipairs(asked.tokens) do redis.call('HSET', P .. 'tokens', token[1], token[2]) end
return { 'ok' }
