# shellcheck shell=sh
# What makes swap on a host at boot: lines of /etc/fstab, systemd units and services.

# A line of /etc/fstab that is no comment and whose third field is 'swap' (fstab(5)), as an extended regular expression.
fstab_swap='[[:space:]]*[^#[:space:]][^[:space:]]*[[:space:]]+[^[:space:]]+[[:space:]]+swap([[:space:]].*)?'

# fstab_lines PREFIX: prints the swap lines of /etc/fstab.
fstab_lines() {
  [ ! -r /etc/fstab ] || sed -nE "s/^($fstab_swap)\$/$1\\1/p" /etc/fstab
}

# comment_out: the sed expression that switches off the swap lines; comment_in: the one that takes this back.
comment_out() { printf '%s\n' "s/^($fstab_swap)\$/#kinit# \\1/"; }
comment_in() { printf '%s\n' 's/^#kinit# //'; }

# Units that are not masked and do not stem from /etc/fstab.
swap_units() {
  for file in /etc/systemd/system/*.swap \
    /run/systemd/generator.early/*.swap /run/systemd/generator/*.swap /run/systemd/generator.late/*.swap \
    /run/systemd/system/*.swap /usr/lib/systemd/system/*.swap /lib/systemd/system/*.swap; do
    unit=${file##*/}
    [ -e "$file" ] && ! is_masked "$file" && ! is_masked "/etc/systemd/system/$unit" || continue
    grep -qs '^SourcePath=/etc/fstab' "$file" || printf '%s\n' "$unit"
  done | sort -u
}

is_masked() { [ "$(readlink -f -- "$1")" = /dev/null ]; }

# Reads names of units and prints the services that set up their devices: zram-generator makes dev-zramN.swap and one of
# these.
zram_setups() { sed -n 's/^dev-\(zram[0-9]*\)\.swap$/systemd-zram-setup@\1.service/p'; }

# Enabled services that make swap. Enabled is a link in a .wants folder: no systemctl for what no host has.
swap_services() {
  for service in zramswap.service zram-config.service dphys-swapfile.service swapspace.service; do
    for link in /etc/systemd/system/*.wants/"$service"; do
      [ -L "$link" ] || continue
      printf '%s\n' "$service"
      break
    done
  done
}
