# shellcheck shell=sh
# Notes in "$D" what is there before the cluster, which is somebody else's: podman has a cni0 and CNI- chains too. Runs
# under sh -eu.
# $1 = CIDR of the pods, or empty; the others = what a cluster makes: link=NAME, path=PATH
# include: ../../shell/lib/host-path.sh
# include: ../../shell/lib/network-online.sh
# include: ../../shell/lib/note-mounts.sh
# include: kernel-settings.sh
# include: kubelet.sh

note_link() {
  [ ! -e "/sys/class/net/$1" ] || printf '%s\n' "$1" >> "$D/links"
}

# What is in a folder stands in contents.NUMBER, by its place among the paths.
note_path() {
  number=$((number + 1))
  if [ -e "$1" ] || [ -L "$1" ]; then
    printf '%s\n' "$1" >> "$D/paths"
  fi
  if [ -d "$1" ]; then
    ls -A -- "$1" > "$D/contents.$number" || exit 1
  fi
}

# Tables, and the base chains in them: iptables-nft makes both at first use.
save_tables() {
  { nft list tables 2> /dev/null || :; } > "$D/tables"
  while read -r table; do
    # shellcheck disable=SC2086 # three words: table, family, name
    nft -s list $table 2> /dev/null | sed -n "s/^[[:space:]]*chain \\([A-Z]*\\) {\$/$table \\1/p"
  done < "$D/tables" > "$D/chains"
}

save_routes() {
  [ -z "$1" ] || { ip route show root "$1" 2> /dev/null || :; } > "$D/routes"
}

: > "$D/links"
: > "$D/paths"
: > "$D/routes"
: > "$D/sets"
number=0
save_routes "$1"
shift
for each in "$@"; do
  case "$each" in
    link=*) note_link "${each#link=}" ;;
    path=*) note_path "${each#path=}" ;;
  esac
done
save_kernel_settings
note_kubelet
note_mounts
save_tables
note_network_online
if { iptables-save -t nat || :; } 2> /dev/null | grep -q '^:CNI-'; then
  : > "$D/cni-chains"
fi
