# shellcheck shell=sh
# Sockets that wait for others: the table of ss(8), or where it is missing the lines of /proc/net, each after its file's name.

ss -lntup || for file in tcp tcp6 udp udp6; do sed "s/^/$file /" /proc/net/$file; done
