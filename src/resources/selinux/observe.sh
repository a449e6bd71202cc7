# shellcheck shell=sh
# Prints enforce=1|0, or enforce= where the kernel has no SELinux, and stored=MODE, as /etc/selinux/config has it.

enforce=
[ ! -r /sys/fs/selinux/enforce ] || read -r enforce < /sys/fs/selinux/enforce || :
echo "enforce=$enforce"
[ ! -r /etc/selinux/config ] ||
  sed -n 's/^[[:space:]]*SELINUX=[[:space:]]*\([A-Za-z]*\).*/stored=\1/p' /etc/selinux/config
