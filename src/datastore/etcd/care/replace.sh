# shellcheck shell=sh
# Puts a member's new data in the place of the old, which are kept in a folder that is printed; nothing where nothing was. etcd does
# not run.
# While there is neither, a mark is there (leftovers.ts): a machine that stops just then must not begin an empty cluster.
# $1 = folder of the data, $2 = folder with the new ones, $3 = folder to keep the old ones in, $4 = the mark
# include: ../../../shell/lib/die.sh
# include: ../../../shell/lib/sync.sh

umask 077
[ -d "$2/member" ] || die "Error: $2/member is not there"
kept=$3
if [ -e "$1/member" ]; then
  mkdir -p -- "$kept" && : > "$4" && sync_file "$4" "$1" || exit 1
  mv -T -- "$1/member" "$kept/member" || die "Error: $1/member cannot be moved to $kept"
else
  # A run before this one was cut here.
  kept=$(find "$1" -maxdepth 2 -path '*/replaced-*/member' | sort | tail -n 1)
  kept=${kept%/member}
fi
mv -T -- "$2/member" "$1/member" || die "Error: $2/member cannot be moved to $1"
sync_file "$1" || exit 1
rm -f -- "$4"
rm -rf -- "$2"
printf '%s\n' "$kept"
