# shellcheck shell=sh
# Writes the CNI configuration of this node once flannel knows its subnet, and again when that changes.
# The flannel CNI plugin would do the same with a bridge of its own; bridge and host-local are on every node already.
umask 077
trap 'exit 0' TERM INT
target=/etc/cni/net.d/10-kinit.conflist
written=
pause=0.1
while :; do
  if [ -r /run/flannel/subnet.env ]; then
    # shellcheck disable=SC1091
    . /run/flannel/subnet.env
    # FLANNEL_SUBNET is the gateway's address: the first of the subnet. host-local wants the subnet's own.
    gateway=${FLANNEL_SUBNET%/*}
    subnet="${gateway%.*}.$(( ${gateway##*.} - 1 ))/${FLANNEL_SUBNET#*/}"
    if [ "$written" != "$subnet $FLANNEL_MTU" ] || [ ! -e "$target" ]; then
      cat > "$target.tmp" <<EOF
{
  "cniVersion": "1.0.0",
  "name": "cbr0",
  "plugins": [
    {
      "type": "bridge",
      "bridge": "cni0",
      "isDefaultGateway": true,
      "hairpinMode": true,
      "promiscMode": false,
      "ipMasq": false,
      "mtu": $FLANNEL_MTU,
      "ipam": {
        "type": "host-local",
        "ranges": [
          [
            {
              "subnet": "$subnet"
            }
          ]
        ],
        "dataDir": "/var/lib/cni/networks"
      }
    },
    {
      "type": "portmap",
      "capabilities": {
        "portMappings": true
      }
    }
  ]
}
EOF
      mv "$target.tmp" "$target" && written="$subnet $FLANNEL_MTU" && echo "wrote $target: subnet $subnet, MTU $FLANNEL_MTU"
      pause=10
    fi
  fi
  sleep "$pause" &
  wait $!
done
