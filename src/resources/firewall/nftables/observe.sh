# shellcheck shell=sh
# Prints nftables-ActiveState=..., nftables-UnitFileState=...; and, for $1 = rules and where it runs, nft-chain=... (see
# blocking_chains) and nft-stored=DIGEST where these rules come back with the next boot.
# $2 = names of the cluster's own tables, with | between
# include: ../../../shell/lib/host-path.sh
# include: ../unit.sh
# include: ruleset.sh

# Tables of programs that see to their own. iptables' are told by their chains, which stand in capitals.
foreign="^($2|firewalld|libvirt_network|docker-bridges|cni_.*|cilium.*|calico.*|f2b-table)\$"

# Base chains that see packets to this host or through it, of tables that drop or reject something, one a line:
# 'family table chain hook DIGEST', with '-' where no rule of kinit's stands in it.
blocking_chains() {
  printf '%s\n' "$rules_now" | awk -v foreign="$foreign" '
    /^table / { family = $2; table = $3; blocks = 0; n = 0; at = 0; next }
    /^\tchain / { chain = $2; at = 0; next }
    /^\t\ttype filter hook (input|forward) / { at = ++n; name[n] = chain; hook[n] = $4; mark[n] = "-" }
    / policy drop;/ || /[ \t](drop|reject)( |$)/ { blocks = 1 }
    at && match($0, /comment "kinit-[0-9a-f]+"/) { mark[at] = substr($0, RSTART + 15, RLENGTH - 16) }
    /^}/ {
      for (i = 1; i <= n; i++) {
        if (!blocks || table ~ foreign || (table == "filter" && family != "inet" && name[i] ~ /^[A-Z]/)) continue
        print family, table, name[i], hook[i], mark[i]
      }
    }'
}

show_unit nftables nftables
[ "$1" = rules ] || exit 0
is_running || exit 0
rules_now=$(timeout 30 nft list ruleset) || exit 1
blocking_chains | sed 's/^/nft-chain=/'
stored_digests | sed 's/^/nft-stored=/'
