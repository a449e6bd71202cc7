# shellcheck shell=sh
# Rules of nftables and iptables, but for those of kube-proxy and the pod network: they are long and not what blocks.
# "$1" = regular expression of their tables' names, "$2" = of their chains'.
# include: ../bounded.sh

if command -v nft > /dev/null; then
  rules=$(in_time 5 nft -t list ruleset) || exit 75
  printf '%s\n' "$rules" | awk -v own="$1" '/^table /{skip=($3 ~ own)} !skip' |
    grep -vE "$2" | cut -c1-300 | head -n 300
fi
if command -v iptables-save > /dev/null; then
  rules=$(in_time 5 iptables-save) || exit 75
  printf '%s\n' "$rules" | grep -E '^[*:]|^-A' | grep -vE "$2" | cut -c1-300 | head -n 200
fi
