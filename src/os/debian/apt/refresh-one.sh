# shellcheck shell=sh
# Reads the lists of one repository, and no others.
# "$1" = its name, "$2" = the file that names it, "$3" = where its lists are noted
# include: ./apt-get.sh
# include: ./forget-lists.sh
# include: ../../packages/reading-one.sh
# include: ../../../shell/lib/state.sh

# One that stands in another file too, with another key, would stop apt altogether.
contradictions=$(LC_ALL=C timeout 60 apt-get indextargets --format '' 2>&1 > /dev/null | grep "^E: Conflicting.*kinit-$1\.asc" | head -n 2)
if [ -n "$contradictions" ]; then
  printf '%s\n' "the repository $1 stands on this host twice:" "$contradictions" >&2
  do_without "$1" "$2" 'Take the other file away, or this entry out of the inventory.'
fi
read_one "$1" "$2" -o Dir::Etc::sourcelist="$2" -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0

# What it had at another address would stay: nobody else cleans up when only one is read.
lists=$(lists_of "$2")
[ ! -e "$3" ] || grep -v -x -F -e "$lists" -- "$3" | remove_lists || exit 1
write_state "$3" "$lists"
