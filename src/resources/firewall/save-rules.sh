# shellcheck shell=sh
# Keeps the packet filter's tables in "$D": stopping nftables or firewalld flushes all of them, also those that Docker
# or a person has added to what these services know of. Runs under sh -eu.
# include: ../../shell/lib/host-path.sh

save_nft_tables() {
  command -v nft > /dev/null || return 0
  nft list tables > "$D/tables" 2> /dev/null || :
  number=0
  while read -r table; do
    number=$((number + 1))
    # shellcheck disable=SC2086 # three words: table, family, name
    nft -s list $table > "$D/table.$number" 2> /dev/null || :
  done < "$D/tables"
}

save_nft_tables
for program in iptables ip6tables; do
  ! command -v "$program-save" > /dev/null || "$program-save" > "$D/$program" 2> /dev/null || :
done
