# shellcheck shell=sh
# For what makes users beside the kind user.
# include: ../../shell/lib/user-backups.sh

save_user_backups
