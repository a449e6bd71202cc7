# shellcheck shell=sh
# remove_network PODCIDR WORD...: links, rules, tables, sets, virtual servers and routes of a cluster. The words are
# link=NAME, table=FAMILY NAME, chain=PREFIX of names, address=ADDRESS; others are passed over. Calls bad MESSAGE and was_there LIST LINE.
# include: clean-iptables.sh

remove_network() {
  pods=$1
  shift
  remove_virtual_servers
  chains=
  for each in "$@"; do
    case "$each" in
      link=*) remove_link "${each#link=}" ;;
      chain=*) chains="$chains ${each#chain=}" ;;
      address=*) remove_address "${each#address=}" ;;
    esac
  done
  remove_tables "$@"
  clean_iptables iptables
  clean_iptables ip6tables
  clean_nft_tables
  # Asking the legacy tables loads them, so they are asked only where something is in them.
  [ ! -s /proc/net/ip_tables_names ] || clean_iptables iptables-legacy
  [ ! -s /proc/net/ip6_tables_names ] || clean_iptables ip6tables-legacy
  remove_sets
  [ -z "$pods" ] || remove_routes "$pods"
}

remove_virtual_servers() {
  [ -e /sys/class/net/kube-ipvs0 ] && ! was_there links kube-ipvs0 && command -v ipvsadm > /dev/null || return 0
  ipvsadm -C || bad 'the virtual servers of kube-proxy could not be removed (ipvsadm -C)'
}

# What moved it between hosts takes it off when it ends, unless it was killed.
remove_address() {
  ip -o addr show to "$1" 2> /dev/null | while read -r _ link _ address _; do
    ip addr del "$address" dev "${link%%@*}" 2> /dev/null || bad "the address $1 could not be taken off $link"
  done
}

remove_link() {
  [ -e "/sys/class/net/$1" ] && ! was_there links "$1" || return 0
  # What pods hold of a bridge goes with them.
  for port in /sys/class/net/"$1"/brif/veth*; do
    [ ! -e "$port" ] || ip link delete "${port##*/}" 2> /dev/null
  done
  ip link delete "$1" 2> /dev/null || [ ! -e "/sys/class/net/$1" ] || bad "the network link $1 could not be removed"
}

remove_tables() {
  command -v nft > /dev/null || return 0
  nft list tables 2> /dev/null | cluster_tables "$@" > "$D/delete-tables"
  while read -r table; do
    # shellcheck disable=SC2086 # three words: table, family, name
    nft delete $table || bad "nft delete $table failed"
  done < "$D/delete-tables"
}

cluster_tables() {
  while read -r table; do
    is_one_of "table=${table#table }" "$@" || continue
    was_there tables "$table" || echo "$table"
  done
}

is_one_of() {
  wanted=$1
  shift
  for each in "$@"; do
    [ "$each" != "$wanted" ] || return 0
  done
  return 1
}

remove_sets() {
  command -v ipset > /dev/null || return 0
  for set in $(ipset list -n 2> /dev/null | grep '^KUBE-'); do
    ipset destroy "$set" 2> /dev/null || bad "the ipset $set is still in use"
  done
}

# Routes to pods of other hosts; those to links have gone with them.
remove_routes() {
  ip route show root "$1" 2> /dev/null | while IFS= read -r route; do
    case "$route" in *' via '*) ;; *) continue ;; esac
    # shellcheck disable=SC2086 # the words of a route
    was_there routes "$route" || ip route del $route 2> /dev/null
  done
}
