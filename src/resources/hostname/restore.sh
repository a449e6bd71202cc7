# shellcheck shell=sh
# Sets the names that save.sh kept in "$D".
# include: ../../shell/lib/saved-path.sh

read -r name < "$D/running"
timeout 15 hostnamectl set-hostname -- "$name" > /dev/null 2>&1 || true
printf '%s\n' "$name" > /proc/sys/kernel/hostname || exit 1
restore_path /etc/hostname before
