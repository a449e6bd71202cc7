# shellcheck shell=sh
# Prints what is swap now (active=DEVICE OR FILE) and what makes swap at boot: lines of /etc/fstab (fstab=LINE), systemd
# units (unit=NAME) and services (service=NAME).
# include: find.sh

while read -r name _; do
  case "$name" in
    '' | Filename) ;;
    *) printf 'active=%s\n' "$name" ;;
  esac
done < /proc/swaps

fstab_lines 'fstab='
# The last line of /etc/fstab may have no line end.
echo
swap_units | sed 's/^/unit=/'
swap_services | sed 's/^/service=/'
