# shellcheck shell=sh
# Functions that ask grubby (grubby(8)) what the boot loader has.

has_grubby() {
  for command in grubby grub2-reboot grub2-editenv; do
    command -v "$command" > /dev/null && continue
    echo "this host has no $command: change its kernel by hand" >&2
    return 1
  done
}

# forget_trial: no kernel is chosen for the next boot any more.
forget_trial() { grub2-editenv - unset next_entry; }

# entry_of RELEASE: what grub2-reboot calls it: its id (from release 8 on), or its title.
entry_of() {
  said=$(grubby --info="/boot/vmlinuz-$1" 2>&1)
  found=$(printf '%s\n' "$said" | sed -n 's/^id="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' | head -n 1)
  [ -n "$found" ] || found=$(printf '%s\n' "$said" | sed -n 's/^title="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' | head -n 1)
  if [ -z "$found" ]; then
    printf 'kernel %s has no entry in the boot loader: %s\n' "$1" "$said" >&2
    return 1
  fi
  printf '%s\n' "$found"
}

# make_default RELEASE
make_default() {
  said=$(grubby --set-default="/boot/vmlinuz-$1" 2>&1) && return
  printf 'grubby could not make %s the default: %s\n' "$1" "$said" >&2
  return 1
}
