# shellcheck shell=sh
# Loads archives that come on standard input, one after the other.
# "$@" = their sizes in bytes
# include: ./docker.sh
# include: ../images/each-archive.sh

load_one() { engine 1800 load -q > /dev/null; }

each_archive "$@" || exit 1
