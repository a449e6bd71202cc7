# shellcheck shell=sh
# Brings what was recorded in the last minutes onto the disk: a power cut must not leave an entry that is there and
# empty, which reset would then put back. (By time of inode change: copies keep the time of their originals.)
# A link that is kept is on the disk with its folder; sync would follow it, to where nothing may be.
# $1 = state folder

find "$1/journal" -depth ! -type l -cmin -10 -exec sync {} +
