# shellcheck shell=sh
# Makes swap as it was, after a reboot and now, from what save.sh kept in "$D". Swap that is still there and does not go on is
# an error; what is gone by now (zram that somebody set up by hand, a file that was deleted, a package that was removed) is told.
# "$@" = systemd units that made swap
# include: ../../shell/lib/host-path.sh
# include: ../../shell/lib/sed-file.sh
# include: find.sh

unmask_unit() {
  file=/etc/systemd/system/$1
  if [ -e "$file.kinit-off" ]; then
    mv -f -- "$file.kinit-off" "$file"
  elif [ -L "$file" ]; then
    systemctl -q unmask -- "$1"
  fi
}

is_gone() {
  case "$(systemctl show -p LoadState -- "$1" < /dev/null)" in *=not-found) ;; *) return 1 ;; esac
  echo "$1, which made swap, is no longer on this host"
}

holds_swap() { [ "$(blkid -p -s TYPE -o value -- "$1" 2> /dev/null)" = swap ]; }

turn_on() {
  while read -r name _ _ _ priority; do
    case "$name" in /*) ;; *) continue ;; esac
    ! grep -q "^$name " /proc/swaps || continue
    if [ "$priority" -ge 0 ]; then said=$(swapon -p "$priority" "$name" 2>&1); else said=$(swapon "$name" 2>&1); fi && continue
    if holds_swap "$name"; then
      echo "$name could not be turned on as swap again: $said"
      failed=1
    else
      echo "$name was swap and holds none any more (a reboot empties zram): it stays off"
    fi
  done < "$D/swaps"
}

if [ -e /etc/fstab ] && grep -q '^#kinit# ' /etc/fstab; then
  sed_file /etc/fstab "$(comment_in)"
fi
for unit in "$@" $(printf '%s\n' "$@" | zram_setups); do
  unmask_unit "$unit" || exit 1
done
timeout 60 systemctl daemon-reload
while read -r service; do
  is_gone "$service" || systemctl -q enable -- "$service" < /dev/null || exit 1
done < "$D/enabled-services"
while read -r service; do
  is_gone "$service" > /dev/null || timeout 60 systemctl start -- "$service" < /dev/null || exit 1
done < "$D/active-services"
for unit in "$@"; do
  timeout 60 systemctl start -- "$unit" 2> /dev/null
done

failed=0
turn_on
exit "$failed"
