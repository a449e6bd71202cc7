# shellcheck shell=sh
# Makes a path another name of a program that is there, or a copy of it on another disk. It stays that program when the other path
# gets another one.
# $1 = path, $2 = path of the program

path=$1
program=$2

rm -f -- "$path.kinit-new" || exit 1
ln -- "$program" "$path.kinit-new" 2> /dev/null || cp -p -- "$program" "$path.kinit-new" || exit 1
mv -f -T -- "$path.kinit-new" "$path"
