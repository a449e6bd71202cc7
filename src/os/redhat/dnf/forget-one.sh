# shellcheck shell=sh
# Removes the lists of one repository.
# "$1" = its name
# include: ./forget-lists.sh

forget_lists "$1"
