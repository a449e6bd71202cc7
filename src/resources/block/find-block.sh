# shellcheck shell=sh
# find_block PATH NAME: sets file (the file itself where the path is a link), state (absent, whole, or broken: a begin
# mark without an end mark, or more than one block of this name) and the numbers of the lines with the marks, first and
# last.
# include: ../../shell/lib/absent.sh

find_block() {
  file=$1
  [ ! -L "$file" ] || file=$(readlink -f -- "$file")
  first=$(line_number "# kinit BEGIN $2") && last=$(line_number "# kinit END $2") || exit 1
  case "$first:$last" in
    :) state=absent ;;
    *[!0-9:]* | :* | *:) state=broken ;;
    *) if [ "$first" -lt "$last" ]; then state=whole; else state=broken; fi ;;
  esac
}

# Numbers of all lines that are this one; fails where the file cannot be read.
line_number() {
  if [ ! -e "$file" ]; then
    must_be_absent "$file"
    return 0
  fi
  lines=$(grep -a -n -x -F -e "$1" -- "$file")
  # 1: there is none.
  [ $? -le 1 ] || return 1
  [ -z "$lines" ] || printf '%s\n' "$lines" | cut -d: -f1
}

block_is() { [ "$state" = "$1" ]; }
before_block() { head -n "$((first - 1))" < "$file"; }
after_block() { tail -n "+$((last + 1))" < "$file"; }
