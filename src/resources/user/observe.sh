# shellcheck shell=sh
# Prints the words user and group where there are such.
# $1 = name
# include: ../../shell/lib/die.sh

# getent(1) ends with 2 where there is none; a directory service that does not answer is no absence.
ask() {
  timeout 30 getent "$1" "$2" > /dev/null
  case $? in
    0) echo "$3" ;;
    2) ;;
    *) die "getent $1 $2 gave no answer" ;;
  esac
}

ask passwd "$1" user
ask group "$1" group
