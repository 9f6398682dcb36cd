#!/bin/sh
# udhcpc calls this with what the DHCP server gave.
[ "$1" = bound ] || exit 0
ip addr add "$ip/$mask" dev "$interface"
ip route add default via "$router"
[ -z "$LEASE_FILE" ] || env >"$LEASE_FILE"
