# shellcheck shell=sh
# Prints the holder of dnf's, yum's or rpm's locks that was there all the while, or nothing as soon as there is none.
# "$1" = seconds to look at most
# include: ./lock-holder.sh
# include: ../../packages/watch-lock.sh

watch_lock "$1"
