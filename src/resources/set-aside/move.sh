# shellcheck shell=sh
# Moves what is at a path below the store. Killed anywhere it goes on when it is run again.
# $1 = path, $2 = store
# include: ../../shell/lib/die.sh
# include: what-moves.sh
# include: carry.sh

umask 077
below=$(while read -r _ mount _; do case "$mount" in "$(readlink -f -- "$1")"/*) printf '%b ' "$mount" ;; esac; done < /proc/self/mounts)
[ -z "$below" ] || die "something is mounted below $1: unmount it first ($below)"
if keeps_folder "$1"; then
  target=$2$1
  mkdir -p -- "$target" || exit 1
  what_moves "$1" | while IFS= read -r entry; do
    carry "$entry" "$target/${entry##*/}" || exit 1
  done || exit 1
  : > "$target.kinit-moved"
else
  mkdir -p -- "$(dirname -- "$2$1")" || exit 1
  carry "$1" "$2$1" || exit 1
fi
case "$1" in
  */systemd/system/*) systemctl daemon-reload ;;
esac
