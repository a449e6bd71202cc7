# shellcheck shell=sh
# Notes in "$D" which packages kinit installs, and the copies of user files, because packages make users.
# "$@" = names
# include: ../../shell/lib/user-backups.sh

printf '%s\n' "$@" > "$D/packages"
save_user_backups
