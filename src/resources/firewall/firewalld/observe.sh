# shellcheck shell=sh
# Prints firewalld-ActiveState=..., firewalld-UnitFileState=...; and, for $1 = rules and where it runs, the zone that other hosts
# come in by, fw-zone=...; and what it lets through: fw-permanent=... and fw-running=..., a port of that zone ('6443/tcp')
# or a source of the trusted one ('trusted 10.244.0.0/16') a line.
# include: ../../../shell/lib/host-path.sh
# include: ../unit.sh

# zone_of_host: that of the link by which the host reaches others; the default one has all links that stand in none.
zone_of_host() {
  link=$(ip -4 route show default 2> /dev/null | sed -n '1s/.* dev \([^ ]*\).*/\1/p')
  if [ -n "$link" ]; then timeout 30 firewall-cmd --get-zone-of-interface="$link" 2> /dev/null && return; fi
  timeout 30 firewall-cmd --get-default-zone
}

# list PREFIX OPTION...
list() {
  prefix=$1
  shift
  ports=$(timeout 30 firewall-cmd "$@" --zone="$zone" --list-ports) &&
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
zone=$(zone_of_host) || exit 1
echo "fw-zone=$zone"
list fw-permanent --permanent
list fw-running
