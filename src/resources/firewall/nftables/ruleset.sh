# shellcheck shell=sh
# A hand-written ruleset of nftables.service, and what kinit adds to it: rules in a file of their own, which a block at the
# end of the ruleset's own file includes.
# RULESET = path of that file, which nftables.service loads

rules=/etc/nftables.kinit.nft
include_line="include \"$rules\""

# An older kinit wrote the line without marks.
is_included() { grep -qsF -e "$include_line" "$RULESET"; }

# Digests of the rules that the next boot brings back.
stored_digests() {
  is_included || return 0
  sed -n 's/.* comment "kinit-\([0-9a-f]*\)"$/\1/p' "$rules" 2> /dev/null | sort -u
}

delete_ours() {
  nft -a list ruleset 2> /dev/null | awk '
    /^table / { table = $2 " " $3 }
    /^\tchain / { chain = $2 }
    /comment "kinit-[0-9a-f]+"/ { print "delete rule", table, chain, "handle", $NF }' | nft -f -
}
