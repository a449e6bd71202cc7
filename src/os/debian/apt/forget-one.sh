# shellcheck shell=sh
# Removes the lists of one repository.
# "$1" = its name, "$2" = the file that names it, "$3" = the note of its lists
# include: ./forget-lists.sh

forget_lists "$1" "$2" "$3"
