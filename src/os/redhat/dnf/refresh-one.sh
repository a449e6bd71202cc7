# shellcheck shell=sh
# Reads the lists of one repository, and no others.
# "$1" = its name, "$2" = the file that names it
# include: ./dnf.sh
# include: ./forget-lists.sh
# include: ../../packages/reading-one.sh

read_one "$1" "$2" --disablerepo='*' --enablerepo="kinit-$1"
