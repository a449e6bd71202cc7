# shellcheck shell=sh
# Prints exists=yes where the file is there, block=absent|whole|broken, and of a whole one content=BASE64.
# $1 = path, $2 = name of the block
# include: find-block.sh

find_block "$1" "$2"
[ ! -e "$file" ] || echo exists=yes
echo "block=$state"
if block_is whole; then
  printf 'content=%s\n' "$(head -n "$((last - 1))" < "$file" | tail -n "+$((first + 1))" | base64 -w0)"
fi
