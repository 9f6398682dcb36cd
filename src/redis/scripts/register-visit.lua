-- A visit and its PIN, with every index and the mail that tells its visitor, or nothing.
-- KEYS[1] the site's root
-- ARGV    now, visit, pin digest, sealed pin, claim digest, arrival, pin kept until, visit kept until, tell from, tell until,
--         pin length, who, mail ('' none), count of words, words.., then field, value.. of the visit
-- Reply   registered | taken
-- @include register

local root = KEYS[1]
if pin_in_use(root, ARGV) then return { 'taken' } end
register(root, ARGV)
return { 'registered' }
