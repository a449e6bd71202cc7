# shellcheck shell=sh
# Turns swap off, now and after a reboot. What makes swap goes first, so that nothing brings it back meanwhile.
# "$@" = enabled services that make swap
# include: ../../shell/lib/host-path.sh
# include: ../../shell/lib/die.sh
# include: ../../shell/lib/sed-file.sh
# include: find.sh

check_memory() {
  used=$(awk 'NR > 1 { kb += $4 } END { print kb + 0 }' /proc/swaps)
  free=$(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo)
  [ "$used" -gt 0 ] && [ "$used" -ge "$free" ] || return 0
  die "swap cannot be turned off: it holds $((used / 1024)) MB, and only $((free / 1024)) MB of memory are free. Stop something or add memory, then run again (or set swap: keep)."
}

disable_service() {
  timeout 60 systemctl disable -- "$1" > /dev/null 2>&1 &&
    timeout 60 systemctl stop -- "$1" > /dev/null 2>&1 ||
    die "$1, which makes swap, could not be stopped and disabled"
}

mask_unit() {
  file=/etc/systemd/system/$1
  if [ -f "$file" ] && [ ! -L "$file" ]; then
    # systemctl mask refuses where a real file stands in /etc.
    timeout 60 systemctl stop -- "$1"
    mv -f -- "$file" "$file.kinit-off"
  else
    timeout 60 systemctl mask -- "$1" > /dev/null 2>&1 && timeout 60 systemctl stop -- "$1" > /dev/null 2>&1
  fi || die "the unit $1 could not be masked"
}

devices_in_use() { awk 'NR > 1 { printf "%s ", $1 }' /proc/swaps; }

check_memory
for service in "$@"; do
  disable_service "$service"
done
[ -z "$(fstab_lines '')" ] || sed_file /etc/fstab "$(comment_out)"
# Asked once: what is masked is not found again.
units=$(swap_units)
for unit in $units $(printf '%s\n' "$units" | zram_setups); do
  mask_unit "$unit"
done

timeout 300 swapoff -a || die "swapoff -a failed or took longer than 300 s; still in use as swap: $(devices_in_use)
Turn it off by hand there (dmesg may say why it does not go), or set swap: keep in the inventory."
timeout 60 systemctl daemon-reload
left=$(devices_in_use)
[ -z "$left" ] || die "still in use as swap: $left(in a container, swap belongs to the machine below; set swap: keep there)"
