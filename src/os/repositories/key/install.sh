# shellcheck shell=sh
# Puts the key that comes on standard input in its place, and notes what it is.
# "$1" = path, "$2" = of the stamp, "$3" = what is noted
# include: ../../../shell/lib/label.sh
# include: ../../../shell/lib/state.sh
# include: ../../../shell/lib/sync.sh

umask 022
mkdir -p -- "${1%/*}" || exit 1
rm -f -- "$1.kinit-new"
cat > "$1.kinit-new" && chmod 0644 -- "$1.kinit-new" && sync_file "$1.kinit-new" && mv -f -T -- "$1.kinit-new" "$1" || exit 1
label "$1"
write_state "$2" "$3"
