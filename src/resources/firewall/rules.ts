/**
 * sh text that keeps the packet filter's tables in "$D": stopping nftables or firewalld flushes all of them, also those
 * that Docker or a person has added to what these services know of.
 */
export const SAVE_RULES = [
  'N=0',
  'if command -v nft > /dev/null; then nft list tables > "$D/tables" 2> /dev/null || :; fi',
  'if [ -s "$D/tables" ]; then while read -r TABLE; do N=$((N + 1)); nft -s list $TABLE > "$D/table.$N" 2> /dev/null || :; done < "$D/tables"; fi',
  'for F in iptables ip6tables; do ! command -v "$F-save" > /dev/null || "$F-save" > "$D/$F" 2> /dev/null || :; done',
].join('\n');

/** sh text that brings back tables that were there and are not: what came in the meantime is left alone. */
export const RESTORE_RULES = [
  'if [ -s "$D/tables" ] && command -v nft > /dev/null; then',
  '  N=0; nft list tables > "$D/tables.now" 2> /dev/null',
  '  while read -r TABLE; do',
  '    N=$((N + 1)); ! grep -qxF -e "$TABLE" "$D/tables.now" || continue',
  // What iptables-nft keeps in its tables, nft cannot always read back in.
  '    case "$TABLE" in',
  '      "table ip filter"|"table ip nat"|"table ip mangle"|"table ip raw"|"table ip security") iptables-restore --noflush -T "${TABLE##* }" < "$D/iptables";;',
  '      "table ip6 filter"|"table ip6 nat"|"table ip6 mangle"|"table ip6 raw"|"table ip6 security") ip6tables-restore --noflush -T "${TABLE##* }" < "$D/ip6tables";;',
  '      *) nft -f "$D/table.$N";;',
  '    esac || { K="/root/kinit-$(printf %s "$TABLE" | tr " /" --).nft"; (umask 077; cat < "$D/table.$N" > "$K"); echo "the packet filter\'s $TABLE could not be brought back; it is kept in $K"; }',
  '  done < "$D/tables"',
  'fi',
].join('\n');
