# shellcheck shell=sh
# include: ../../shell/lib/network-online.sh
# include: ../../shell/lib/user-backups.sh

restore_user_backups
restore_network_online
