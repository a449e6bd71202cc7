# shellcheck shell=sh
# $1 = the marker, $2 = digest of what was noted
# include: ../../shell/lib/state.sh

[ ! -s "$1" ] || older=$(cat < "$1") || exit 1
write_state "$1" "${older:+$older
}$2"
