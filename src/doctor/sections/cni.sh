# shellcheck shell=sh
# Configuration and programs of the pod network, each part after its name.

echo '=== config'
ls /etc/cni/net.d
echo '=== programs'
ls /opt/cni/bin /usr/lib/cni
echo '=== flannel'
cat /run/flannel/subnet.env
