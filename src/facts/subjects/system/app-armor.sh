# shellcheck shell=sh
# Prints 'on' where the kernel confines programs by AppArmor.

enabled=
if [ -r /sys/module/apparmor/parameters/enabled ]; then
  read -r enabled < /sys/module/apparmor/parameters/enabled
fi
if [ "$enabled" = Y ]; then echo on; fi
