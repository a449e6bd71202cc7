# shellcheck shell=sh
# note_mounts: writes where something is mounted now into "$D/mounts", as the kernel names it: unmount.sh lets that stay.

note_mounts() {
  while read -r _ mount _; do
    printf '%s\n' "$mount"
  done < /proc/self/mounts > "$D/mounts"
}
