# shellcheck shell=sh
# The kubelet starts the control plane's pods again.

{ systemctl enable kubelet 2> /dev/null && timeout 90 systemctl start kubelet; } || {
  echo "Error: the kubelet does not start: journalctl -u kubelet -e" >&2
  exit 1
}
