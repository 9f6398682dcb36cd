#!/bin/sh
# Runs a command as the user foyer, with no right but CAP_NET_ADMIN (which the nftables driver needs), and that only
# where this process has it. The container begins with this, and so does the command `foyer`.
set -eu

# Variables of the systemd unit hold for commands too; what the caller sets counts more.
settings=/etc/foyer/foyer.env
if [ -e "$settings" ]; then
  if [ ! -r "$settings" ]; then
    echo "$settings is not yours to read. Run this as root, by sudo." >&2
    exit 1
  fi
  while IFS= read -r line || [ -n "$line" ]; do
    name=${line%%=*}
    case $line in [A-Z]*=*) ;; *) continue ;; esac
    value=${line#*=}
    case $value in
      \"*\") value=${value#\"} value=${value%\"} ;;
      \'*\') value=${value#\'} value=${value%\'} ;;
    esac
    printenv "$name" >/dev/null || export "$name=$value"
  done <"$settings"
fi

# Started as somebody else, on purpose: there is nothing to give up.
[ "$(id -u)" = 0 ] || exec "$@"

kept=''
effective=$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status)
if [ $((0x$effective >> 12 & 1)) = 1 ]; then kept=',+net_admin'; fi
as_foyer() { setpriv --reuid=foyer --regid=foyer --clear-groups "$@"; }

# A new volume is root's, and one of an older image may be another user's. A folder with other things in it is left alone.
data=${DATA_DIR:-}
if [ -n "$data" ]; then
  mkdir -p "$data"
  if [ "$(stat -c %U "$data")" != foyer ]; then
    if [ -e "$data/secret" ] || [ -e "$data/redis" ]; then chown -R foyer:foyer "$data"; fi
    if [ -z "$(ls -A "$data" | grep -vx 'lost+found')" ]; then chown foyer:foyer "$data"; fi
  fi
fi

# Files of secrets are often root's alone. One that foyer may not read is handed on as text.
hand_on() {
  path=$(printenv "$1" || true)
  if [ -f "$path" ] && ! as_foyer test -r "$path"; then
    text=$(cat "$path")
    unset "$1"
    export "$2=$text"
  fi
}
for name in TLS_CERT TLS_KEY; do hand_on "$name" "$name"; done
for name in SECRET REDIS_URL SMTP_URL TLS_CERT TLS_KEY; do hand_on "${name}_FILE" "$name"; done

# Not as_foyer, so that no shell stays in between: signals reach the command itself.
exec setpriv --reuid=foyer --regid=foyer --clear-groups --no-new-privs --inh-caps="-all$kept" \
  --ambient-caps="-all$kept" --bounding-set="-all$kept" -- "$@"
