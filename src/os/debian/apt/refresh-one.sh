# shellcheck shell=sh
# Reads the lists of one repository, and no others.
# "$1" = its name, "$2" = the file that names it
# include: ./apt-get.sh
# include: ../../packages/reading-one.sh

read_one "$1" "$2" -o Dir::Etc::sourcelist="$2" -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0
