# shellcheck shell=sh
# $1 = path, $2 = target
# include: ../../shell/lib/make-link.sh

make_link "$1" "$2"
