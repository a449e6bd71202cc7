# shellcheck shell=sh
# Prints firewalld-ActiveState=..., firewalld-UnitFileState=...; and, for $1 = rules and where it runs, what it lets
# through: fw-permanent=... and fw-running=..., a port of the default zone ('6443/tcp') or a source of the trusted one
# ('trusted 10.244.0.0/16') a line.
# include: ../../../shell/lib/host-path.sh
# include: ../unit.sh

# list PREFIX OPTION...
list() {
  prefix=$1
  shift
  ports=$(timeout 30 firewall-cmd "$@" --list-ports) &&
    sources=$(timeout 30 firewall-cmd "$@" --zone=trusted --list-sources) || exit 1
  {
    printf '%s\n' "$ports" | tr ' ' '\n'
    printf '%s\n' "$sources" | tr ' ' '\n' | sed 's/^./trusted &/'
  } | sed "/^\$/d; s/^/$prefix=/"
}

show_unit firewalld firewalld
[ "$1" = rules ] || exit 0
# firewall-cmd is slow (a Python start each), so it is asked only where firewalld runs.
is_running || exit 0
list fw-permanent --permanent
list fw-running
