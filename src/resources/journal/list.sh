# shellcheck shell=sh
# Prints of every entry 'NAME/id:ID', 'NAME/kind:KIND VERSION' and 'NAME/data.json:JSON', where it has them (older ones have
# no kind and data), and 'SHA256  NAME/restore.sh'.
# $1 = state folder

cd -- "$1/journal" 2> /dev/null || exit 0
set -- [0-9]*
[ -e "$1" ] || exit 0
for file in id kind data.json; do
  # With two names or more grep says which file a line is from.
  find . -mindepth 2 -maxdepth 2 -path "./[0-9]*/$file" -exec grep -a '' /dev/null {} + | sed 's,^\./,,'
done
sha256sum -- [0-9]*/restore.sh
