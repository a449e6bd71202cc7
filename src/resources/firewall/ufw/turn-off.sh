# shellcheck shell=sh
# include: ../../../shell/lib/host-path.sh
# include: ../../../shell/lib/die.sh

timeout 60 ufw disable > /dev/null || die 'ufw could not be disabled'
