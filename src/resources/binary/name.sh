# shellcheck shell=sh
# Makes a path another name of a program that is there. It stays that program when the other path gets another one.
# $1 = path, $2 = path of the program

path=$1
program=$2

rm -f -- "$path.kinit-new" && ln -- "$program" "$path.kinit-new" && mv -f -T -- "$path.kinit-new" "$path"
