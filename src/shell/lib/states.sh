# shellcheck shell=sh
# states PATH...: for each that is there 'TYPE MODE OWNER GROUP UID GID PATH' (the first is the raw mode in hexadecimal, inode(7)), in
# one process for all: a host has dozens of files and folders of kinit's. STATES_OF=-L: of what a link leads to.
# include: absent.sh

states() {
  left=$#
  while [ "$left" -gt 0 ]; do
    if [ -e "$1" ] || [ -L "$1" ]; then set -- "$@" "$1"; else must_be_absent "$1"; fi
    shift
    left=$((left - 1))
  done
  # shellcheck disable=SC2086
  [ $# -eq 0 ] || stat ${STATES_OF:-} -c '%f %a %U %G %u %g %n' -- "$@"
}
