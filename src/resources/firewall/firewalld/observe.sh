# shellcheck shell=sh
# Prints firewalld-ActiveState=..., firewalld-UnitFileState=...; and, for $1 = rules and where it runs, what it lets
# through: fw-permanent=... and fw-running=..., a port of the default zone ('6443/tcp') or a source of the trusted one
# ('trusted 10.244.0.0/16') a line.
# include: ../../../shell/lib/host-path.sh
# include: ../unit.sh

ports() { timeout 30 firewall-cmd "$@" --list-ports | tr ' ' '\n'; }
sources() { timeout 30 firewall-cmd "$@" --zone=trusted --list-sources | tr ' ' '\n' | sed 's/^./trusted &/'; }
list() { { ports "$@"; sources "$@"; } 2> /dev/null | sed '/^$/d'; }

show_unit firewalld firewalld
[ "$1" = rules ] || exit 0
# firewall-cmd is slow (a Python start each), so it is asked only where firewalld runs.
systemctl -q is-active firewalld || exit 0
list --permanent | sed 's/^/fw-permanent=/'
list | sed 's/^/fw-running=/'
