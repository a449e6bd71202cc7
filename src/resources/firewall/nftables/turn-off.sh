# shellcheck shell=sh
# include: ../../../shell/lib/host-path.sh
# include: ../../../shell/lib/die.sh
# include: ../unit.sh

stop_and_disable nftables || die 'nftables could not be stopped and disabled'
