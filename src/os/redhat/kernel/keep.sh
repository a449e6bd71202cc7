# shellcheck shell=sh
# Every boot takes the kernel "$1".
# include: ./entry.sh

make_default "$1" && forget_trial && sync
