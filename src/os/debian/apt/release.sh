# shellcheck shell=sh
# Puts packages on hold no longer.
# "$@" = names
# include: ./held.sh

release "$@"
