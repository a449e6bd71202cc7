# shellcheck shell=sh
# Notes in "$D" which of user and group is not there. Runs under sh -eu.
# $1 = name
# include: ../../shell/lib/user-backups.sh

save_user_backups
getent passwd "$1" > /dev/null || : > "$D/no-user"
getent group "$1" > /dev/null || : > "$D/no-group"
