# shellcheck shell=sh
# Packages that stay after a reset have started services of theirs when they were installed: those that were not there
# before are stopped and do not start at boot.
# $1 = folder of the notes that the installation made
# include: ../../shell/lib/die.sh
# include: ../../shell/lib/network-online.sh
# include: ../../shell/lib/socket-files.sh

# not_again UNIT: an entry undone before found it running, because its package had started it.
not_again() {
  [ -n "${KINIT_LATER:-}" ] && grep -qsxF -e "restart $1" "$KINIT_LATER" || return 0
  grep -vxF -e "restart $1" "$KINIT_LATER" > "$KINIT_LATER.new"
  mv -f -T -- "$KINIT_LATER.new" "$KINIT_LATER"
}

[ -e "$D/unit-files" ] && [ -e "$1/units-added" ] || exit 0
sort -u "$1/units-added" | while IFS= read -r unit; do
  ! grep -qxF -e "$unit" "$D/unit-files" || continue
  state=$(timeout 30 systemctl show -p LoadState -- "$unit") || exit 1
  [ "$state" = LoadState=loaded ] || continue
  sockets=$(socket_files "$unit")
  timeout 60 systemctl -q disable -- "$unit" < /dev/null 2> /dev/null
  timeout 120 systemctl -q stop -- "$unit" < /dev/null || die "$unit could not be stopped"
  for path in $sockets; do remove_socket "$path"; done
  not_again "$unit"
  # It complains of one that is no longer loaded.
  systemctl reset-failed -- "$unit" 2> /dev/null || :
done || exit 1
restore_network_online
