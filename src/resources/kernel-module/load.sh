# shellcheck shell=sh
# $1 = name of a module
# include: ../../shell/lib/die.sh

command -v modprobe > /dev/null || die "cannot load $1: modprobe is not installed (package kmod)"
modprobe -- "$1" ||
  die "the kernel module $1 cannot be loaded; it is not in /lib/modules of the running kernel (after a kernel update: reboot first)"
