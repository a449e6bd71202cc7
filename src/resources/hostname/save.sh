# shellcheck shell=sh
# Keeps both names in "$D". Runs under sh -eu.
# include: ../../shell/lib/saved-path.sh

save_path /etc/hostname before
cat < /proc/sys/kernel/hostname > "$D/running"
