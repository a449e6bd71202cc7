# shellcheck shell=sh
# include: ../../../shell/lib/host-path.sh
# include: ../../../shell/lib/die.sh
# include: ../unit.sh

stop_and_disable firewalld || die 'firewalld could not be stopped and disabled'
