# shellcheck shell=sh
# Makes swap as it was, after a reboot and now, from what save.sh kept in "$D". Says what could not be turned on again.
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

turn_on() {
  while read -r name _ _ _ priority; do
    case "$name" in /*) ;; *) continue ;; esac
    ! grep -q "^$name " /proc/swaps || continue
    if [ "$priority" -ge 0 ]; then swapon -p "$priority" "$name"; else swapon "$name"; fi && continue
    echo "$name could not be turned on as swap again"
    failed=1
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
  systemctl -q enable -- "$service" < /dev/null || exit 1
done < "$D/enabled-services"
while read -r service; do
  timeout 60 systemctl start -- "$service" < /dev/null || exit 1
done < "$D/active-services"
for unit in "$@"; do
  timeout 60 systemctl start -- "$unit" 2> /dev/null
done

failed=0
turn_on
exit "$failed"
