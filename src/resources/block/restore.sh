# shellcheck shell=sh
# Cuts the block out, as save.sh found the file. A block whose marks do not match up is left as it is, and told.
# $1 = path, $2 = name of the block
# include: cut-block.sh

cut_block "$1" "$2"
