# shellcheck shell=sh
# Prints loaded, built-in, loadable or absent.
# $1 = name of a module, with '_'

# /sys/module shows built-in modules only where they have parameters, and modules.builtin is missing where /lib/modules
# is (containers, custom kernels), so some are known by what they bring.
is_built_in() {
  [ -d "/sys/module/$1" ] || is_listed "$1" || is_seen_at_work "$1"
}

is_listed() {
  file_name=$(printf '%s' "$1" | sed 's/_/[-_]/g')
  grep -q "/$file_name\\.ko" "/lib/modules/$(uname -r)/modules.builtin" 2> /dev/null
}

is_seen_at_work() {
  case "$1" in
    overlay) grep -qw overlay /proc/filesystems ;;
    br_netfilter) [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] ;;
    nf_conntrack) [ -e /proc/sys/net/netfilter/nf_conntrack_max ] || [ -e /proc/net/nf_conntrack ] ;;
    ip_vs) [ -e /proc/net/ip_vs ] ;;
    ip_tables) [ -e /proc/net/ip_tables_names ] ;;
    ip6_tables) [ -e /proc/net/ip6_tables_names ] ;;
    *) false ;;
  esac
}

if grep -q "^$1 " /proc/modules 2> /dev/null; then
  echo loaded
elif is_built_in "$1"; then
  echo built-in
elif modprobe -nq -- "$1" 2> /dev/null; then
  echo loadable
else
  echo absent
fi
