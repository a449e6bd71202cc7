# shellcheck shell=sh
# Takes a repository that could not be read away again: with the file that names it, every refresh of the host's lists would complain.
# Its key stays. Ends with 1.
# "$1" = the file
# include: ../../../shell/lib/die.sh

rm -f -- "$1" || die "$1 could not be taken away: take it away by hand"
die "$1 was taken away again."
