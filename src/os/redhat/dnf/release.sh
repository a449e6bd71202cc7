# shellcheck shell=sh
# Takes packages off the list of versionlock.
# "$@" = names
# include: ./version-lock.sh

release "$@"
