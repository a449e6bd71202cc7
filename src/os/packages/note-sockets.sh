# shellcheck shell=sh
# Notes in "$D", before packages go, at which paths the sockets listen that they have brought: 'UNIT PATH'.
# $1 = folder of the notes that the installation made
# include: ../../shell/lib/socket-files.sh

# A run that was cut after packages went has noted those that nobody can look up any more.
: >> "$D/sockets"
[ -e "$1/units-added" ] || exit 0
sort -u "$1/units-added" | while IFS= read -r unit; do
  case "$unit" in *.socket) ;; *) continue ;; esac
  socket_files "$unit" | sed "s,^,$unit ," >> "$D/sockets"
done
