# shellcheck shell=sh
# Permissive now, and another mode after the next boot.
# $1 = mode for /etc/selinux/config
# include: ../../shell/lib/die.sh
# include: store-mode.sh

enforce=0
[ ! -r /sys/fs/selinux/enforce ] || read -r enforce < /sys/fs/selinux/enforce || :
if [ "$enforce" = 1 ]; then
  printf 0 > /sys/fs/selinux/enforce ||
    die 'SELinux cannot be made permissive: the kernel refuses it (secure boot lockdown or policy)'
fi
store_mode "$1"
