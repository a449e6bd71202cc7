# shellcheck shell=sh
# $1 = mode that /etc/selinux/config had; empty: there was none
# $2 = yes: SELinux was enforcing
# include: store-mode.sh

[ -z "$1" ] || store_mode "$1"
if [ "$2" = yes ] && [ -e /sys/fs/selinux/enforce ]; then
  printf 1 > /sys/fs/selinux/enforce || exit 1
fi
exit 0
