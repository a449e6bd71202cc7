# shellcheck shell=sh
# store_mode MODE: only the one line of /etc/selinux/config is changed: what else a person has in the file stays.
# include: ../../shell/lib/sed-file.sh

store_mode() {
  [ ! -e /etc/selinux/config ] || sed_file /etc/selinux/config "s/^[[:space:]]*SELINUX=.*/SELINUX=$1/"
}
