# shellcheck shell=sh
# backups_of FOLDER NAME: prints the paths of the backups that this host has made of the cluster of that name. A time has as many digits as
# here: another cluster may be called NAME-2.

backups_of() {
  digits='[0-9][0-9]'
  for backup in "$1/$2"-$digits$digits$digits${digits}T$digits$digits${digits}Z.backup; do
    [ ! -f "$backup" ] || printf '%s\n' "$backup"
  done
}
