# shellcheck shell=sh
# A hand-written ruleset of nftables.service, and what kinit adds to it: rules in a file of their own, which the
# ruleset's own file includes last.
# RULESET = path of that file, which nftables.service loads

rules=/etc/nftables.kinit.nft
include_line="include \"$rules\" # kinit: the ports of the cluster"

is_included() { grep -qsF -e "$include_line" "$RULESET"; }

# Not into a file that is not there: undo would leave it behind.
add_include() { [ -e "$RULESET" ] && printf '%s\n' "$include_line" >> "$RULESET"; }

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
