#!/bin/sh
# Foyer's BinAuth script for openNDS 9.10: lets a client in for exactly the seconds that Foyer decided.
# openNDS calls it as: auth_client MAC REDIR USERAGENT IP TOKEN CUSTOM. CUSTOM is Foyer's word, carried by the visitor's
# browser: MAC (12 digits), hash of the token (64), end in epoch seconds (10), until when the word itself is good (10),
# digest (64). Whatever is missing, altered, over, too old, or made for another client or token is refused; the visitor
# then comes back to Foyer.
# Refused is: no output AND exit code 0. Any other exit code lets the client in for the router's own sessiontimeout
# (seen on 9.10.0), so this script has no other. It needs sha256sum, and a clock that is right.

LC_ALL=C
export LC_ALL

digest() {
  sum=$(printf '%s' "$1" | sha256sum) || return 1
  printf '%s' "${sum%% *}"
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

# seconds MAC TOKEN CUSTOM: how long this client may stay; nothing, and false, where it may not.
seconds() {
  custom=$3
  [ "${#custom}" -eq 160 ] || return 1
  case $custom in *[!0-9a-f]*) return 1 ;; esac
  part() {
    printf '%s' "$custom" | cut -c "$1"
  }
  secret=$(faskey) && [ -n "$secret" ] || return 1
  key=$(digest "foyer-binauth $secret") && [ "${#key}" -eq 64 ] || return 1
  right=$(digest "$key$(part 1-96)$key") && [ "$(part 97-160)" = "$right" ] || return 1
  [ "$(part 1-12)" = "$(printf '%s' "$1" | tr -d : | tr A-F a-f)" ] || return 1
  hid=$(digest "$2") && [ "$(part 13-76)" = "$hid" ] || return 1
  now=$(date +%s) && [ -n "$now" ] || return 1
  left=$(($(part 77-86) - now)) && [ "$left" -gt 0 ] || return 1
  [ "$now" -le "$(part 87-96)" ] || return 1
  printf '%s' "$left"
}

# In a shell of its own: one that ends by a fault ends without a word.
if [ "$1" = auth_client ] && left=$(seconds "$2" "$6" "$7" 2>/dev/null) && [ -n "$left" ]; then
  # Then no limits of rate and volume.
  echo "$left 0 0 0 0"
fi
exit 0
