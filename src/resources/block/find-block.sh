# shellcheck shell=sh
# find_block PATH NAME: sets file (the file itself where the path is a link), state (absent, whole, or broken: a begin
# mark without an end mark, or more than one block of this name) and the numbers of the lines with the marks, first and
# last.

find_block() {
  file=$1
  [ ! -L "$file" ] || file=$(readlink -f -- "$file")
  first=$(line_number "# kinit BEGIN $2")
  last=$(line_number "# kinit END $2")
  case "$first:$last" in
    :) state=absent ;;
    *[!0-9:]* | :* | *:) state=broken ;;
    *) if [ "$first" -lt "$last" ]; then state=whole; else state=broken; fi ;;
  esac
}

# Numbers of all lines that are this one.
line_number() {
  grep -a -n -x -F -e "$1" -- "$file" 2> /dev/null | cut -d: -f1
}

block_is() { [ "$state" = "$1" ]; }
before_block() { head -n "$((first - 1))" < "$file"; }
after_block() { tail -n "+$((last + 1))" < "$file"; }
