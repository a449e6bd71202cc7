# shellcheck shell=sh
# Prints what is swap now (active=DEVICE OR FILE) and what makes swap at boot: lines of /etc/fstab (fstab=LINE), systemd
# units (unit=NAME) and services (service=NAME).
# include: find.sh

# A kernel without swap has no such file.
if [ -e /proc/swaps ]; then
  swaps=$(cat < /proc/swaps) || exit 1
  printf '%s\n' "$swaps" | while read -r name _; do
    case "$name" in
      '' | Filename) ;;
      *) printf 'active=%s\n' "$name" ;;
    esac
  done
fi

fstab_lines 'fstab=' || exit 1
# The last line of /etc/fstab may have no line end.
echo
swap_units | sed 's/^/unit=/'
swap_services | sed 's/^/service=/'
