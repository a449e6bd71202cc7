# shellcheck shell=sh
# Every boot takes the kernel "$1".
# include: ./menu.sh

entry=$(entry_of "$1") && grub-set-default "$entry" && forget_trial && sync
