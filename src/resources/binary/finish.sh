# shellcheck shell=sh
# What is left to do when a program has arrived whole: links, owner and mode; last its stamp.
# $1 = path of the program, $2 = its SHA-256, $3 = stamp, $4 = mode; the others = links
# include: ../../shell/lib/label.sh
# include: ../../shell/lib/make-link.sh
# include: ../../shell/lib/state.sh
# include: fingerprint.sh

program=$1
sha256=$2
stamp=$3
mode=$4
shift 4

for link in "$@"; do
  make_link "$link" "$program"
done
label "$program" "$@"
chown 0:0 -- "$program" && chmod -- "$mode" "$program" && write_state "$stamp" "$sha256 $(fingerprint "$program")"
