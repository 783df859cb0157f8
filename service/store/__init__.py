"""The only room that knows Redis and Valkey: `store.Store` gathers what can be read and written, a subject each.

Empty on purpose: the parent process needs `embedded` at once and the client not at all.
"""
