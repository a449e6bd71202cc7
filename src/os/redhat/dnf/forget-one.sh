# shellcheck shell=sh
# Removes the lists of one repository; those of others stay.
# "$1" = its name
# include: ../../../shell/lib/die.sh

for folder in /var/cache/dnf/kinit-"$1"-* /var/cache/dnf/kinit-"$1".* /var/cache/yum/*/*/kinit-"$1"; do
  [ -e "$folder" ] || continue
  rm -rf -- "$folder" || die "$folder could not be removed"
done
