# shellcheck shell=sh
# socket_files UNIT: prints the paths at which a socket unit listens. They stay when it stops (systemd.socket(5), RemoveOnStop=).

socket_files() {
  timeout 30 systemctl show -p Listen -- "$1" | sed -n 's/^Listen[A-Za-z]*=\(\/[^ ]*\).*/\1/p'
}

# remove_socket PATH: nobody listens there any more.
remove_socket() {
  [ ! -S "$1" ] || rm -f -- "$1"
}
