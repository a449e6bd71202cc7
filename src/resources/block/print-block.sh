# shellcheck shell=sh
# print_with_block NAME CONTENT: the file that find_block looked at, with the block where it is or at the end; every byte
# outside the marks as it is. CONTENT is empty or ends with a line end.

print_with_block() {
  if block_is whole; then
    before_block && print_block "$1" "$2" && after_block
  else
    print_file && print_block "$1" "$2"
  fi
}

print_block() {
  printf '%s\n' "# kinit BEGIN $1"
  printf '%s' "$2"
  printf '%s\n' "# kinit END $1"
}

# The whole file, and a line end where its last line has none.
print_file() {
  # shellcheck disable=SC2154 # find_block sets it
  [ -s "$file" ] || return 0
  cat < "$file" || return 1
  [ -z "$(tail -c 1 < "$file")" ] || echo
}
