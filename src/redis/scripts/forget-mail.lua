-- A mail goes, with every index that names it.
-- KEYS[1] the site's root
-- ARGV    mail
-- Reply   forgotten
-- @include mail

forget_mail(KEYS[1], ARGV[1])
return { 'forgotten' }
