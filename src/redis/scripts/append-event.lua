-- A fact that comes with no other change.
-- KEYS[1] the site's root
-- ARGV    now, type, then field, value..
-- Reply   appended
-- @include access

record(KEYS[1], tonumber(ARGV[1]), ARGV[2], unpack(ARGV, 3))
return { 'appended' }
