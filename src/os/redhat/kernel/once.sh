# shellcheck shell=sh
# The next boot takes the kernel "$1", that one alone. Where it panics, or finds no root file system, the host boots again by itself.
# include: ./entry.sh

entry=$(entry_of "$1") || exit 1
said=$(grubby --update-kernel="/boot/vmlinuz-$1" --args="panic=30 rd.shell=0 rd.emergency=reboot" 2>&1) || {
  printf 'grubby could not set the words for kernel %s: %s\n' "$1" "$said" >&2
  exit 1
}
grub2-reboot "$entry" && sync
