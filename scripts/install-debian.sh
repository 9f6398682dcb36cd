#!/bin/sh
# Makes a Debian machine ready for Foyer: `sudo sh scripts/install-debian.sh` does all, and does nothing twice. The
# Dockerfile does the same in parts, each by its word:
#   build      packages of the lockfile, compiled program
#   run        programs that it drives, the user foyer, the command foyer
#   container  what only a container needs
#   service    /etc/foyer/foyer.env, the systemd unit; it starts and enables nothing
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here"
say() { printf 'Foyer: %s\n' "$*" >&2; }
refuse() {
  printf '%s\n' "$*" >&2
  exit 1
}

needed=$(sed -n 's/.*"node": ">=\([0-9.]*\)".*/\1/p' package.json)
elsewhere="Foyer needs Node $needed or newer; see https://nodejs.org/en/download. Then run this again."

installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q '^install ok installed$'; }
candidate() { apt-cache policy "$1" | sed -n 's/^ *Candidate: //p' | grep -v '^(none)$' || true; }

packages() {
  missing=''
  for one in "$@"; do installed "$one" || missing="$missing $one"; done
  [ -n "$missing" ] || return 0
  say "installing$missing"
  # shellcheck disable=SC2086 # one word per package
  sh scripts/apt-install-quietly.sh $missing >&2
}

need_node() {
  if ! command -v node >/dev/null; then
    if [ -z "$(candidate nodejs)" ]; then apt-get update >&2; fi
    offered=$(candidate nodejs)
    dpkg --compare-versions "${offered:-0}" ge "$needed" ||
      refuse "This Debian's own Node is ${offered:-not there}. $elsewhere"
    packages nodejs
  fi
  found=$(node --version)
  dpkg --compare-versions "${found#v}" ge "$needed" || refuse "This machine's Node is $found. $elsewhere"
}

# Debian's npm brings Debian's Node along, which must not come beside another one.
need_npm() {
  command -v npm >/dev/null && return 0
  installed nodejs || refuse "There is a Node without npm on this machine. $elsewhere"
  packages npm
}

build() {
  need_node
  need_npm
  packages ca-certificates
  node scripts/setup.mjs --lean
}

run() {
  need_node
  # A redis-server or a valkey-server that somebody built counts as well.
  command -v redis-server >/dev/null || command -v valkey-server >/dev/null || packages redis-server
  # Debian's Node trusts the system's certificates, as of mail servers and controllers.
  packages nftables iproute2 conntrack ca-certificates
  getent passwd foyer >/dev/null ||
    useradd --system --user-group --home-dir /var/lib/foyer --create-home --shell /usr/sbin/nologin foyer
  chmod 700 /var/lib/foyer
  printf '#!/bin/sh\nexec sh %s/scripts/as-foyer.sh node %s/scripts/foyer.mjs "$@"\n' "$here" "$here" >/usr/local/bin/foyer
  chmod 755 /usr/local/bin/foyer
}

container() { packages tini; }

service() {
  case $here in
    /home/* | /root/*) refuse "A service has no look into home folders: put Foyer into /opt/foyer, then run this there." ;;
  esac
  setpriv --reuid=foyer --regid=foyer --clear-groups test -r dist/main.js ||
    refuse "The user foyer cannot read $here/dist. Type: chmod -R a+rX $here"
  mkdir -p /etc/foyer
  if [ ! -e /etc/foyer/foyer.env ]; then
    printf '# Variables of Foyer, one NAME=value a line; the README lists them.\nDATA_DIR=/var/lib/foyer/data\n' >/etc/foyer/foyer.env
    chgrp foyer /etc/foyer/foyer.env
    chmod 640 /etc/foyer/foyer.env
  fi
  sed -e "s#/opt/foyer#$here#g" -e "s#/usr/bin/node#$(command -v node)#g" scripts/foyer.service >/etc/systemd/system/foyer.service
  if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
  say 'ready. To start it, now and at every boot: systemctl enable --now foyer; after an upgrade: systemctl restart foyer'
}

[ "$(id -u)" = 0 ] || refuse "This installs packages and makes a user, so it needs root: sudo sh $0"
command -v apt-get >/dev/null || refuse 'This is for Debian and systems made from it; there is no apt-get here.'
for word in ${*:-build run service}; do
  case $word in
    build | run | container | service) "$word" ;;
    *) refuse "\"$word\" is none of: build run container service" ;;
  esac
done
