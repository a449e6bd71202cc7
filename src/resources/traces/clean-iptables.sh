# shellcheck shell=sh
# What the programs of a cluster left in iptables. Calls bad MESSAGE and was_there LIST LINE.
# $chains = what the names of their chains begin with, in words: KUBE for KUBE-SERVICES.

# clean_iptables NAME: deletes their own chains and the rules that jump to them, and nothing else. Rules of others are
# not even read back in. NAME is iptables, ip6tables or one of their variants.
clean_iptables() {
  command -v "$1-save" > /dev/null && command -v "$1-restore" > /dev/null || return 0
  "$1-save" 2> /dev/null | deletions "^($(own_chains))-" > "$D/iptables"
  [ -s "$D/iptables" ] || return 0
  timeout 30 "$1-restore" --noflush < "$D/iptables" || bad "the rules of Kubernetes could not be removed with $1-restore"
}

# own_chains: $chains as alternatives. Those of the CNI plugins are left out where somebody else had some before.
own_chains() {
  own=
  # shellcheck disable=SC2154 # remove_network sets it
  for prefix in $chains; do
    [ "$prefix" = CNI ] && [ -e "$D/cni-chains" ] || own="${own:+$own|}$prefix"
  done
  printf '%s' "$own"
}

# clean_nft FAMILY TABLE: the same for a table of iptables-nft, whatever the host's own iptables is: programs in pods bring
# another variant, and the tables of the one are not seen by the other.
clean_nft() {
  nft -a list table "$1" "$2" 2> /dev/null | nft_deletions "^($(own_chains))-" "$1 $2" > "$D/nft"
  [ -s "$D/nft" ] || return 0
  timeout 30 nft -f "$D/nft" || bad "the rules of Kubernetes could not be removed from table $1 $2"
}

# nft_deletions PREFIX TABLE: from `nft -a list table` to the input of `nft -f`.
nft_deletions() {
  awk -v prefix="$1" -v table="$2" '
    function own(name) { return name ~ prefix }
    $1 == "chain" { name = $2; if (own(name)) chain[chains++] = name }
    / # handle [0-9]+$/ && $1 != "chain" && !own(name) {
      bare = $0; gsub(/"([^"\\]|\\.)*"/, "", bare); fields = split(bare, word, " ")
      for (i = 1; i < fields; i++) if ((word[i] == "jump" || word[i] == "goto") && own(word[i + 1])) {
        print "delete rule " table " " name " handle " $NF; break
      }
    }
    END {
      for (i = 0; i < chains; i++) print "flush chain " table " " chain[i]
      for (i = 0; i < chains; i++) print "delete chain " table " " chain[i]
    }'
}

# deletions PREFIX: from iptables-save to the input of `iptables-restore --noflush`.
deletions() {
  awk -v prefix="$1" '
    function own(name) { return name ~ prefix }
    /^\*/ { table = $0; chains = 0; jumps = 0 }
    /^:/ { name = substr($1, 2); if (own(name)) chain[chains++] = name }
    /^-A / && !own($2) {
      # What stands in quotes is a comment: it may well speak of -j KUBE-SERVICES.
      bare = $0; gsub(/"([^"\\]|\\.)*"/, "", bare); fields = split(bare, word, " ")
      for (i = 3; i < fields; i++) if ((word[i] == "-j" || word[i] == "-g") && own(word[i + 1])) {
        rule = $0; sub(/^-A/, "-D", rule); jump[jumps++] = rule; break
      }
    }
    /^COMMIT/ && chains + jumps > 0 {
      print table
      for (i = 0; i < jumps; i++) print jump[i]
      for (i = 0; i < chains; i++) print "-F " chain[i]
      for (i = 0; i < chains; i++) print "-X " chain[i]
      print "COMMIT"
    }'
}

# clean_nft_tables: iptables-nft makes its tables and base chains at first use and never deletes them. Those that
# were not there before go if nothing is left in them.
clean_nft_tables() {
  command -v nft > /dev/null || return 0
  for family in ip ip6; do
    for name in filter nat mangle raw security; do
      clean_nft "$family" "$name"
      if was_there tables "table $family $name"; then
        remove_empty_chains "$family" "$name"
      else
        remove_if_empty table "$family" "$name"
      fi
    done
  done
}

remove_empty_chains() {
  for chain in PREROUTING INPUT FORWARD OUTPUT POSTROUTING; do
    was_there chains "table $1 $2 $chain" || remove_if_empty chain "$1" "$2" "$chain"
  done
}

# remove_if_empty WORD...: a table or chain as nft names it.
remove_if_empty() {
  ! is_empty "$@" || nft delete "$@" || bad "nft delete $* failed"
}

# No rule, no chain of anybody's, no policy but accept.
is_empty() {
  nft list "$@" > "$D/listed" 2> /dev/null || return 1
  ! grep -vqE '^table |^[[:space:]]*(chain (PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING) \{|type [a-z]+ hook .* policy accept;|\}|)$' "$D/listed"
}
