# shellcheck shell=sh
# Cuts the block out, as save.sh found the file. A block whose marks do not match up is left as it is, and told.
# $1 = path, $2 = name of the block
# include: find-block.sh
# include: replace-file.sh

# The line end that kinit had to add before the block goes too, where the block is still what ends the file.
print_rest() {
  if [ -e "$D/no-line-end" ] && [ "$(wc -l < "$file")" -eq "$last" ]; then
    before_block | head -c -1
  else
    before_block
  fi
  after_block
}

find_block "$1" "$2"
if block_is broken; then
  echo "$file: its kinit block has lost a mark; left as it is"
  exit 0
fi
! block_is absent || exit 0
prepare "$file"
print_rest > "$file.kinit-new" || exit 1
if [ -e "$D/no-file" ] && [ ! -s "$file.kinit-new" ]; then
  rm -f -- "$file.kinit-new" "$file"
  exit
fi
replace "$file"
