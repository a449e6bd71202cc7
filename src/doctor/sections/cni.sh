# shellcheck shell=sh
# Configuration and programs of the pod network, each part after its name.
# "$@" = pairs: the name of a network, the file in which it says the host's share of it.

echo '=== config'
# shellcheck disable=SC2012
ls /etc/cni/net.d | head -n 100
echo '=== programs'
# shellcheck disable=SC2012
ls /opt/cni/bin /usr/lib/cni | head -n 200
while [ $# -ge 2 ]; do
  echo "=== $1"
  head -c 4000 "$2"
  shift 2
done
