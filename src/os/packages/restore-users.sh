# shellcheck shell=sh
# include: ../../shell/lib/user-backups.sh

restore_user_backups
