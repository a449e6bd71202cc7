# shellcheck shell=sh
# with_paths LIST COMMAND...: runs it on the paths of a list, a line each and all absolute, in one process; not where there are none. NL is the
# line break that a list is made with.

NL='
'

with_paths() {
  list=$1
  shift
  [ -n "$list" ] || return 0
  (
    IFS=$NL
    set -f
    # shellcheck disable=SC2086 # a path each
    exec "$@" $list
  )
}
