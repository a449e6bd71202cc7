# shellcheck shell=sh
# Something is in the way that kinit does not delete.
# $1 = path
# include: ../../shell/lib/die.sh

die "$1 is a directory or special file; kinit needs a regular file there. Move it away and run again."
