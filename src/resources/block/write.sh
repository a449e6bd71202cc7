# shellcheck shell=sh
# Writes the block where it is, or at the end of the file; every byte outside the marks stays.
# $1 = path, $2 = name of the block, $3 = content, which is empty or ends with a line end
# include: ../../shell/lib/die.sh
# include: find-block.sh
# include: replace-file.sh

print_block() {
  printf '%s\n' "# kinit BEGIN $1"
  printf '%s' "$2"
  printf '%s\n' "# kinit END $1"
}

# The whole file, and a line end where its last line has none.
print_file() {
  [ -s "$file" ] || return 0
  cat < "$file"
  [ -z "$(tail -c 1 < "$file")" ] || echo
}

find_block "$1" "$2"
! block_is broken ||
  die "$1: the lines \"# kinit BEGIN $2\" and \"# kinit END $2\" do not match up. Repair or delete the block by hand and run again."
prepare "$file"
if block_is whole; then
  { before_block; print_block "$2" "$3"; after_block; } > "$file.kinit-new" || exit 1
else
  { print_file; print_block "$2" "$3"; } > "$file.kinit-new" || exit 1
fi
replace "$file"
