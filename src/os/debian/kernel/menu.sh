# shellcheck shell=sh
# Functions that read and change what GRUB boots, as Debian has it.

menu=/boot/grub/grub.cfg

# forget_trial: no kernel is chosen for the next boot any more.
forget_trial() { grub-editenv /boot/grub/grubenv unset next_entry; }

# entry_of RELEASE: its name in the menu, "SUBMENU>ENTRY"; says what is missing and ends the script where it has none.
entry_of() {
  found=$(awk -F "'" -v id="gnulinux-$1-advanced-" '
    /^submenu / { above = $4 ">" }
    /^}/ { above = "" }
    /^[ \t]*menuentry / && index($4, id) == 1 { print above $4; exit }' "$menu")
  if [ -z "$found" ]; then
    echo "kernel $1 has no entry in $menu" >&2
    return 1
  fi
  printf '%s\n' "$found"
}
