# shellcheck shell=sh
# forget_lists NAME: removes the lists of a repository; those of others stay.
# include: ../../../shell/lib/die.sh

forget_lists() {
  for folder in /var/cache/dnf/kinit-"$1"-* /var/cache/dnf/kinit-"$1".* /var/cache/yum/*/*/kinit-"$1"; do
    [ -e "$folder" ] || continue
    rm -rf -- "$folder" || die "$folder could not be removed"
  done
}
