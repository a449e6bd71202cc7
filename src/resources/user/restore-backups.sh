# shellcheck shell=sh
# For what makes users beside the kind user.
# include: ../../shell/lib/user-backups.sh

restore_user_backups
