# shellcheck shell=sh
# Keeps what is at the path in "$D". Runs under sh -eu.
# $1 = path
# include: ../../shell/lib/saved-path.sh

save_path "$1" before
