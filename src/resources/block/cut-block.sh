# shellcheck shell=sh
# cut_block PATH NAME: takes the block out again, as save.sh found the file ("$D"). A block whose marks do not match up is
# left as it is, and told. Ends the script with code 1 where it cannot.
# include: find-block.sh
# include: replace-file.sh

cut_block() {
  find_block "$1" "$2"
  if block_is broken; then
    echo "$file: its kinit block has lost a mark; left as it is"
    return 0
  fi
  ! block_is absent || return 0
  prepare "$file"
  print_rest > "$file.kinit-new" || exit 1
  if [ -e "$D/no-file" ] && [ ! -s "$file.kinit-new" ]; then
    rm -f -- "$file.kinit-new" "$file"
    return
  fi
  replace "$file"
}

# The line end that kinit had to add before the block goes too, where the block is still what ends the file.
print_rest() {
  if [ -e "$D/no-line-end" ] && [ "$(wc -l < "$file")" -eq "$last" ]; then
    before_block | head -c -1
  else
    before_block
  fi
  after_block
}
