# shellcheck shell=sh
# Units of kubelets, runtimes and packages ask for network-online.target; on many hosts nothing else does.

# Notes in "$D" that nothing has asked for it yet.
note_network_online() {
  systemctl -q is-active network-online.target || : > "$D/not-online"
}

restore_network_online() {
  [ ! -e "$D/not-online" ] || timeout 30 systemctl stop network-online.target
}
