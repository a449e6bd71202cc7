# shellcheck shell=sh
# Rules of nftables and iptables, but for those of kube-proxy and the pod network: they are long and not what blocks.
# "$1" = regular expression of their tables' names, "$2" = of their chains'.

if command -v nft > /dev/null; then
  timeout 5 nft -t list ruleset | awk -v own="$1" '/^table /{skip=($3 ~ own)} !skip' |
    grep -vE "$2" | cut -c1-300 | head -n 300
fi
if command -v iptables-save > /dev/null; then
  timeout 5 iptables-save | grep -E '^[*:]|^-A' | grep -vE "$2" | cut -c1-300 | head -n 200
fi
