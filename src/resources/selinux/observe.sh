# shellcheck shell=sh
# Prints enforce=1|0, or enforce= where the kernel has no SELinux, and stored=MODE, as /etc/selinux/config has it.

enforce=
[ ! -e /sys/fs/selinux/enforce ] || enforce=$(cat < /sys/fs/selinux/enforce) || exit 1
echo "enforce=$enforce"
[ ! -e /etc/selinux/config ] ||
  sed -n 's/^[[:space:]]*SELINUX=[[:space:]]*\([A-Za-z]*\).*/stored=\1/p' /etc/selinux/config
