# shellcheck shell=sh
# Deletes what save.sh noted as missing in "$D".
# $1 = name
# include: ../../shell/lib/user-backups.sh

if [ -e "$D/no-user" ] && getent passwd "$1" > /dev/null; then
  userdel -- "$1" || exit 1
fi
# userdel takes an empty private group along on most hosts.
if [ -e "$D/no-group" ] && getent group "$1" > /dev/null; then
  groupdel -- "$1" || exit 1
fi
restore_user_backups
