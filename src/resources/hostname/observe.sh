# shellcheck shell=sh
# Prints running=NAME and stored=NAME.

running=
stored=
running=$(cat < /proc/sys/kernel/hostname) || exit 1
[ ! -e /etc/hostname ] || stored=$(head -n 1 < /etc/hostname) || exit 1
printf 'running=%s\nstored=%s\n' "$running" "$stored"
