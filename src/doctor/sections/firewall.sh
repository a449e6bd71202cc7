# shellcheck shell=sh
# Rules of nftables and iptables, but for those of kube-proxy and the pod network: they are long and not what blocks.

if command -v nft > /dev/null; then
  timeout 5 nft -t list ruleset | awk '/^table /{own=($3 ~ /^(kube-proxy|flannel)/)} !own' |
    grep -vE 'KUBE-|FLANNEL|CNI-' | cut -c1-300 | head -n 300
fi
if command -v iptables-save > /dev/null; then
  timeout 5 iptables-save | grep -E '^[*:]|^-A' | grep -vE 'KUBE-|FLANNEL|CNI-' | cut -c1-300 | head -n 200
fi
