# shellcheck shell=sh
# must_be_absent PATH...: for paths that test(1) does not find. It does not find what cannot be looked at either (a disk
# that fails, a mount whose other end is gone); such a one ends the script with code 1 and the reason.
# include: die.sh

must_be_absent() {
  for path in "$@"; do
    folder=${path%/*}
    folder=${folder:-/}
    # Where a folder above is missing, that one has to be.
    while [ ! -d "$folder" ] && [ "$folder" != / ]; do
      path=$folder
      folder=${path%/*}
      folder=${folder:-/}
    done
    [ ! -e "$path" ] && [ ! -L "$path" ] || continue
    names=$(ls -A -- "$folder") || exit 1
    case "
$names
" in
      *"
${path##*/}
"*) die "$(ls -d -- "$path/." 2>&1)" ;;
    esac
  done
}
