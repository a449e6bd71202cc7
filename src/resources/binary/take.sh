# shellcheck shell=sh
# Puts a program in its place that was brought to this host before; whoever runs the one of before keeps it until started again.
# $1 = path of the program, $2 = where it was staged

program=$1
staged=$2

mkdir -p -- "${program%/*}" || exit 1
cp -- "$staged" "$program.kinit-new" && chmod 0755 -- "$program.kinit-new" && sync && mv -f -- "$program.kinit-new" "$program" &&
  rm -f -- "$staged"
