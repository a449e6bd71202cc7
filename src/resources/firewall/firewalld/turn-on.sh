# shellcheck shell=sh
# $1 = yes: it starts at boot, $2 = yes: it runs now
# include: ../../../shell/lib/host-path.sh
# include: ../unit.sh

enable_and_start firewalld "$1" "$2"
