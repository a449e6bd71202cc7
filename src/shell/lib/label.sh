# shellcheck shell=sh
# label PATH...: gives files, folders and links the labels that the policy of SELinux has for their paths, where it is on. What is
# made there has that of its folder, and a program or a folder of containers needs its own. A host without a policy goes on.

label() {
  [ -e /sys/fs/selinux/enforce ] && command -v restorecon > /dev/null || return 0
  restorecon -- "$@" > /dev/null 2>&1 || :
}
