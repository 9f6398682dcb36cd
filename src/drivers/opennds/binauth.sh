#!/bin/sh
# Foyer's BinAuth script for openNDS: lets a client in for exactly the seconds that Foyer decided.
# openNDS calls it as: auth_client MAC REDIR USERAGENT IP TOKEN CUSTOM. CUSTOM is Foyer's word, carried by the visitor's
# browser: MAC (12 digits), hash of the token (64), end in epoch seconds (10), digest (64). Whatever is missing, altered,
# over, or made for another client or token is refused; the visitor then comes back to Foyer.
# It needs sha256sum, and a clock that is right. Written after openNDS 9.10; every other call is none of its business.

[ "$1" = auth_client ] || exit 0
LC_ALL=C
export LC_ALL

[ "${#7}" -eq 150 ] || exit 1
case $7 in *[!0-9a-f]*) exit 1 ;; esac

digest() {
  sum=$(printf '%s' "$1" | sha256sum) || exit 1
  printf '%s' "${sum%% *}"
}

part() {
  printf '%s' "$custom" | cut -c "$1"
}

# The key never leaves the router: it is made of what openNDS itself has.
faskey() {
  if [ ! -e /etc/config/opennds ]; then
    awk 'tolower($1) == "faskey" { print $2; exit }' /etc/opennds/opennds.conf
  elif command -v uci >/dev/null 2>&1; then
    uci -q get 'opennds.@opennds[0].faskey'
  else
    awk '$1 == "option" && tolower($2) == "faskey" { gsub(/[\047"]/, "", $3); print $3; exit }' /etc/config/opennds
  fi
}

custom=$7
secret=$(faskey)
[ -n "$secret" ] || exit 1
key=$(digest "foyer-binauth $secret")
message=$(part 1-86)
[ "$(part 87-150)" = "$(digest "$key$message$key")" ] || exit 1

[ "$(part 1-12)" = "$(printf '%s' "$2" | tr -d : | tr A-F a-f)" ] || exit 1
[ "$(part 13-76)" = "$(digest "$6")" ] || exit 1

seconds=$(($(part 77-86) - $(date +%s)))
[ "$seconds" -gt 0 ] || exit 1
# Seconds, then no limits of rate and volume.
echo "$seconds 0 0 0 0"
exit 0
