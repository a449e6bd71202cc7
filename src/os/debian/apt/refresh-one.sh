# shellcheck shell=sh
# Reads the lists of one repository, and no others.
# "$1" = its name, "$2" = the file that names it
# include: ./apt-get.sh
# include: ./forget-lists.sh
# include: ../../packages/reading-one.sh

# One that stands in another file too, with another key, would stop apt altogether.
contradictions=$(LC_ALL=C timeout 60 apt-get indextargets --format '' 2>&1 > /dev/null | grep "^E: Conflicting.*kinit-$1\.asc" | head -n 2)
if [ -n "$contradictions" ]; then
  printf '%s\n' "the repository $1 stands on this host twice:" "$contradictions" >&2
  do_without "$1" "$2" 'Take the other file away, or this entry out of the inventory.'
fi
read_one "$1" "$2" -o Dir::Etc::sourcelist="$2" -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0
