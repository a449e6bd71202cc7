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

# remove_empty_tables: iptables-nft makes its tables and base chains at first use and never deletes them. Those that
# were not there before go if nothing is left in them.
remove_empty_tables() {
  command -v nft > /dev/null || return 0
  for family in ip ip6; do
    for name in filter nat mangle raw security; do
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
