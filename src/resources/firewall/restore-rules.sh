# shellcheck shell=sh
# Brings back tables that save-rules.sh kept in "$D" and that are not there: what came in the meantime is left alone.
# include: ../../shell/lib/host-path.sh

# bring_back TABLE NUMBER: what iptables-nft keeps in its tables, nft cannot always read back in.
bring_back() {
  case "$1" in
    'table ip filter' | 'table ip nat' | 'table ip mangle' | 'table ip raw' | 'table ip security')
      iptables-restore --noflush -T "${1##* }" < "$D/iptables"
      ;;
    'table ip6 filter' | 'table ip6 nat' | 'table ip6 mangle' | 'table ip6 raw' | 'table ip6 security')
      ip6tables-restore --noflush -T "${1##* }" < "$D/ip6tables"
      ;;
    *) nft -f "$D/table.$2" ;;
  esac
}

keep_for_people() {
  kept="/root/kinit-$(printf %s "$1" | tr ' /' '--').nft"
  (umask 077; cat < "$D/table.$2" > "$kept")
  echo "the packet filter's $1 could not be brought back; it is kept in $kept"
}

[ -s "$D/tables" ] && command -v nft > /dev/null || exit 0
nft list tables > "$D/tables.now" 2> /dev/null
number=0
while read -r table; do
  number=$((number + 1))
  grep -qxF -e "$table" "$D/tables.now" || bring_back "$table" "$number" || keep_for_people "$table" "$number"
done < "$D/tables"
exit 0
