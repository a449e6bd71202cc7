/**
 * sh function `remove_cgroups`: the kubelet's slices. systemd ends what should still be in them and removes them, but on
 * cgroup v1 not from hierarchies it does not manage (freezer, hugetlb, perf_event, ...).
 */
export const REMOVE_CGROUPS = `
remove_cgroups() {
  timeout 60 systemctl stop kubepods.slice > /dev/null 2>&1 || :
  for G in /sys/fs/cgroup/kubepods* /sys/fs/cgroup/*/kubepods*; do
    [ ! -d "$G" ] || find "$G" -depth -type d -exec rmdir -- {} + 2>/dev/null || bad "the control group $G is still in use"
  done
}`;

/**
 * sh function `unmount_cluster PATTERN...`: takes off what the kubelet and the runtime (the patterns) mounted, deepest
 * first. Mounts recorded before the cluster ("$D/mounts") and those outside their own folders (a person's disk at
 * /var/lib/kubelet/data) stay.
 */
export const UNMOUNT = `
unmount_cluster() {
  while read -r _ M _; do
    for G in '/var/lib/kubelet/pods/*' '/var/lib/kubelet/plugins/*' "$@" '/run/netns/cni-*' '/var/run/netns/cni-*'; do
      case "$M" in $G) was_there mounts "$M" || printf '%b\\n' "$M"; break;; esac
    done
  done < /proc/self/mounts | sort -ru > "$D/unmount"
  while IFS= read -r M; do
    timeout 20 umount -- "$M" 2>/dev/null && continue
    if timeout 20 umount -l -- "$M" 2>/dev/null; then echo "$M was busy: unmounted lazily, it goes when its last user ends"; else bad "$M could not be unmounted"; fi
  done < "$D/unmount"
  for N in /run/netns/cni-*; do [ ! -f "$N" ] || rm -f -- "$N" 2>/dev/null || bad "$N could not be removed"; done
}`;

/**
 * awk program: from iptables-save to the input of `iptables-restore --noflush` that deletes Kubernetes' own chains and the
 * rules that jump to them, and nothing else. Rules of others are not even read back in.
 */
const IPTABLES_CLEAN = `
  function own(name) { return name ~ prefix }
  /^\\*/ { table = $0; chains = 0; jumps = 0 }
  /^:/ { name = substr($1, 2); if (own(name)) chain[chains++] = name }
  /^-A / && !own($2) {
    # What stands in quotes is a comment: it may well speak of -j KUBE-SERVICES.
    bare = $0; gsub(/"([^"\\\\]|\\\\.)*"/, "", bare); fields = split(bare, word, " ")
    for (i = 3; i < fields; i++) if ((word[i] == "-j" || word[i] == "-g") && own(word[i + 1])) { rule = $0; sub(/^-A/, "-D", rule); jump[jumps++] = rule; break }
  }
  /^COMMIT/ && chains + jumps > 0 {
    print table
    for (i = 0; i < jumps; i++) print jump[i]
    for (i = 0; i < chains; i++) print "-F " chain[i]
    for (i = 0; i < chains; i++) print "-X " chain[i]
    print "COMMIT"
  }`;

/**
 * sh function `remove_empty_tables`: iptables-nft makes its tables and base chains at first use and never deletes them.
 * Those that were not there before go if nothing is left in them: no rule, no chain of anybody's, no policy but accept.
 */
const REMOVE_EMPTY_TABLES = `
is_empty() { nft list $1 > "$D/listed" 2>/dev/null && ! grep -vqE '^table |^[[:space:]]*(chain (PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING) \\{|type [a-z]+ hook .* policy accept;|\\}|)$' "$D/listed"; }
remove_empty_tables() {
  command -v nft > /dev/null || return 0
  for F in ip ip6; do
    for T in filter nat mangle raw security; do
      TABLE="table $F $T"
      if was_there tables "$TABLE"; then
        for C in PREROUTING INPUT FORWARD OUTPUT POSTROUTING; do
          was_there chains "$TABLE $C" || ! is_empty "chain $F $T $C" || nft delete chain $F $T $C || bad "nft delete chain $F $T $C failed"
        done
      elif is_empty "$TABLE"; then nft delete $TABLE || bad "nft delete $TABLE failed"; fi
    done
  done
}`;

/** sh function `remove_network PODCIDR LINK...`: links, rules, tables, sets, virtual servers and routes of a cluster. */
export const REMOVE_NETWORK = `${REMOVE_EMPTY_TABLES}
clean_iptables() {
  command -v "$1-save" > /dev/null && command -v "$1-restore" > /dev/null || return 0
  PREFIX='^(KUBE|FLANNEL|CNI)-'; [ ! -e "$D/cni-chains" ] || PREFIX='^(KUBE|FLANNEL)-'
  "$1-save" 2>/dev/null | awk -v prefix="$PREFIX" '${IPTABLES_CLEAN}' > "$D/iptables"
  [ -s "$D/iptables" ] || return 0
  timeout 30 "$1-restore" --noflush < "$D/iptables" || bad "the rules of Kubernetes could not be removed with $1-restore"
}
remove_network() {
  CIDR=$1; shift
  if [ -e /sys/class/net/kube-ipvs0 ] && ! was_there links kube-ipvs0 && command -v ipvsadm > /dev/null; then ipvsadm -C || bad 'the virtual servers of kube-proxy could not be removed (ipvsadm -C)'; fi
  for L in "$@"; do
    [ -e "/sys/class/net/$L" ] && ! was_there links "$L" || continue
    for V in /sys/class/net/"$L"/brif/veth*; do [ ! -e "$V" ] || ip link delete "\${V##*/}" 2>/dev/null; done
    ip link delete "$L" 2>/dev/null || [ ! -e "/sys/class/net/$L" ] || bad "the network link $L could not be removed"
  done
  if command -v nft > /dev/null; then
    nft list tables 2>/dev/null | while read -r TABLE; do
      case "$TABLE" in
        'table ip kube-proxy'|'table ip6 kube-proxy'|'table ip flannel-ipv4'|'table ip6 flannel-ipv6'|'table inet cni_plugins_masquerade'|'table inet cni_hostport'|'table ip cni_hostport'|'table ip6 cni_hostport') was_there tables "$TABLE" || echo "$TABLE";;
      esac
    done > "$D/delete-tables"
    while read -r TABLE; do nft delete $TABLE || bad "nft delete $TABLE failed"; done < "$D/delete-tables"
  fi
  clean_iptables iptables; clean_iptables ip6tables
  remove_empty_tables
  # Asking the legacy tables loads them, so they are asked only where something is in them.
  [ ! -s /proc/net/ip_tables_names ] || clean_iptables iptables-legacy
  [ ! -s /proc/net/ip6_tables_names ] || clean_iptables ip6tables-legacy
  if command -v ipset > /dev/null; then
    for SET in $(ipset list -n 2>/dev/null | grep '^KUBE-'); do ipset destroy "$SET" 2>/dev/null || bad "the ipset $SET is still in use"; done
  fi
  [ -n "$CIDR" ] || return 0
  ip route show root "$CIDR" 2>/dev/null | while IFS= read -r ROUTE; do
    case "$ROUTE" in *' via '*) was_there routes "$ROUTE" || ip route del $ROUTE 2>/dev/null;; esac
  done
}`;
