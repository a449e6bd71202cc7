# shellcheck shell=sh
# Prints running=NAME and stored=NAME.

running=
stored=
read -r running < /proc/sys/kernel/hostname
[ ! -r /etc/hostname ] || read -r stored < /etc/hostname
printf 'running=%s\nstored=%s\n' "$running" "$stored"
