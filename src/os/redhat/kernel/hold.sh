# shellcheck shell=sh
# The kernel that runs is what every boot takes, also once others are installed.
# include: ./entry.sh

has_grubby || exit 1
if ! grep -q '^GRUB_DEFAULT="\{0,1\}saved' /etc/default/grub; then
  echo "/etc/default/grub does not say GRUB_DEFAULT=saved: the boot loader cannot try a kernel for one boot" >&2
  exit 1
fi
make_default "$(uname -r)" && forget_trial
