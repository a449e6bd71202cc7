# shellcheck shell=sh
# Puts back what save.sh kept in "$D".
# $1 = path
# include: ../../shell/lib/saved-path.sh

restore_path "$1" before
