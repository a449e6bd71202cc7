# shellcheck shell=sh
# Prints ufw=on where it is; and, for $1 = rules, ufw-rule=... of every rule that was added, as
# `ufw show added` writes it.
# include: ../../../shell/lib/host-path.sh

# ufw.service stays "active" with the firewall off: what counts is its own switch.
command -v ufw > /dev/null && grep -qsi '^ENABLED=yes' /etc/ufw/ufw.conf || exit 0
echo ufw=on
[ "$1" = rules ] || exit 0
added=$(timeout 30 ufw show added) || exit 1
printf '%s\n' "$added" | sed -n 's/^ufw /ufw-rule=/p'
