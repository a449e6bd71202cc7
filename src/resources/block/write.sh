# shellcheck shell=sh
# Writes the block where it is, or at the end of the file; every byte outside the marks stays.
# $1 = path, $2 = name of the block, $3 = content, which is empty or ends with a line end
# include: ../../shell/lib/die.sh
# include: find-block.sh
# include: print-block.sh
# include: replace-file.sh

find_block "$1" "$2"
! block_is broken ||
  die "$1: the lines \"# kinit BEGIN $2\" and \"# kinit END $2\" do not match up. Repair or delete the block by hand and run again."
prepare "$file"
print_with_block "$2" "$3" > "$file.kinit-new" || exit 1
replace "$file"
