#!/bin/sh
# Installs packages of Debian or Ubuntu, so that no service which they bring is started or enabled: not the
# system's own Redis, whose port and memory are not ours. Services that were there before are left as they are.
set -u
policy=/usr/sbin/policy-rc.d
kept=/usr/sbin/policy-rc.d.before-foyer
export DEBIAN_FRONTEND=noninteractive
services='redis|valkey|nftables|dnsmasq|conntrack|opennds|freeradius'

links() {
  find /etc/systemd/system /etc/rc?.d -type l 2>/dev/null | grep -E "/(S[0-9][0-9])?($services)[^/]*\$" | sort
}

allow_again() {
  if [ -e "$kept" ]; then mv -f "$kept" "$policy"; else rm -f "$policy"; fi
}

# A run that was killed may have left its own policy behind.
if [ -e "$policy" ] && grep -q 'foyer: no service' "$policy" 2>/dev/null; then allow_again; fi

before=$(links)
if [ -e "$policy" ]; then mv -f "$policy" "$kept"; fi
trap allow_again EXIT
trap 'exit 130' INT TERM HUP
# invoke-rc.d and deb-systemd-invoke ask this program; 101 means "do not".
printf '#!/bin/sh\n# foyer: no service is started\nexit 101\n' >"$policy" && chmod 755 "$policy"

install() {
  apt-get install -y --no-install-recommends "$@"
}

updated=no
update() {
  updated=yes
  apt-get update
}

if ! ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1; then update; fi
install "$@" || { [ "$updated" = no ] && update && install "$@"; }
status=$?

links | while IFS= read -r link; do
  if printf '%s\n' "$before" | grep -qxF "$link"; then continue; fi
  case $link in
    /etc/rc?.d/S[0-9][0-9]*) update-rc.d "${link##*/S[0-9][0-9]}" disable ;;
    # An earlier round may have taken it away already.
    *) rm -f "$link" ;;
  esac
done
exit "$status"
