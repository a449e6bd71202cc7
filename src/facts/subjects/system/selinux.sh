# shellcheck shell=sh
# Prints 1 (enforcing) or 0 (permissive) where SELinux runs, 'disabled' where it is installed only, else nothing.

if [ -r /sys/fs/selinux/enforce ]; then
  cat /sys/fs/selinux/enforce
elif [ -e /etc/selinux/config ]; then
  echo disabled
fi
