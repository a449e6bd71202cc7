# shellcheck shell=sh
# Kernel settings that the programs of a cluster change by themselves: kube-proxy (cmd/kube-proxy/app/conntrack.go,
# pkg/proxy/iptables, pkg/proxy/ipvs) and the bridge plugin. Those kinit sets are resources of their own.

save_kernel_settings() {
  for key in \
    net/ipv4/conf/all/route_localnet \
    net/ipv4/conf/all/arp_ignore \
    net/ipv4/conf/all/arp_announce \
    net/ipv4/vs/conntrack \
    net/ipv4/vs/conn_reuse_mode \
    net/ipv4/vs/expire_nodest_conn \
    net/ipv4/vs/expire_quiescent_template \
    net/ipv6/conf/all/forwarding \
    net/netfilter/nf_conntrack_max \
    net/netfilter/nf_conntrack_tcp_be_liberal \
    net/netfilter/nf_conntrack_tcp_timeout_established \
    net/netfilter/nf_conntrack_tcp_timeout_close_wait \
    net/netfilter/nf_conntrack_udp_timeout \
    net/netfilter/nf_conntrack_udp_timeout_stream; do
    [ ! -r "/proc/sys/$key" ] || printf '%s %s\n' "$key" "$(cat < "/proc/sys/$key")"
  done > "$D/sysctls"
}

# Not every value may be written from everywhere (in a container, conntrack's limits are the machine's): only what
# differs is.
restore_kernel_settings() {
  while read -r key value; do
    [ -e "/proc/sys/$key" ] || continue
    [ "$(cat < "/proc/sys/$key")" != "$value" ] || continue
    printf '%s\n' "$value" > "/proc/sys/$key" || bad "$key could not be set to $value again"
  done < "$D/sysctls"
}
