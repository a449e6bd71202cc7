# shellcheck shell=sh
# Prints the words user and group where there are such.
# $1 = name

! getent passwd "$1" > /dev/null || echo user
! getent group "$1" > /dev/null || echo group
