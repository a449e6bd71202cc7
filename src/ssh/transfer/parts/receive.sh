# shellcheck shell=sh
# Reads slices of files from standard input and writes each at its place: a line
# 'slice <SHA-256 of the file> <number> <of how many> <bytes that follow> <plain|gzip>', then exactly so many bytes; at last a line
# 'end'. `read` takes one line and no byte more (POSIX), `dd` and `head -c` their bytes and no more. Several of these may work on
# the same files at once. What has landed is noted, so that an upload that is cut goes on behind it; whoever lands the last
# slice of a file checks that and brings it onto the disk, while others come. Only then it has its name.
# PARTS: folder of what is on its way, MIB: size of a slice in MiB (the last of a file may be smaller).
# Prints 'done', or 'fail <SHA-256>' with the reason on standard error.
# include: ../../../shell/lib/sha256.sh
# include: ../../../shell/lib/sync.sh

umask 077

# fail SUM: says how much room there is, too, because a full disk is what it mostly is.
fail() {
  echo "fail $1"
  # shellcheck disable=SC2034
  df -Pk -- "$PARTS" 2> /dev/null | {
    read -r head
    read -r device total used free rest &&
      echo "$((free / 1024)) MB of $((total / 1024)) MB are free there" >&2
  }
  exit 1
}

# write FILE NUMBER BYTES plain|gzip
write() {
  if [ "$4" = gzip ]; then
    head -c "$3" | gzip -dc | dd of="$1" bs=1048576 seek=$(($2 * MIB)) conv=notrunc iflag=fullblock status=none
  else
    dd of="$1" bs=1048576 seek=$(($2 * MIB)) conv=notrunc iflag=fullblock,count_bytes count="$3" status=none
  fi
}

# finish SUM SLICES, where all have landed
finish() {
  [ "$(sort -u "$PARTS/$1.landed" 2> /dev/null | wc -l)" -ge "$2" ] || return
  # Of two that landed the last slices at the same time, one does the rest.
  mv -T -- "$PARTS/$1.part" "$PARTS/$1.checked" 2> /dev/null || return
  check "$1" < /dev/null &
}

check() {
  got=$(sha256_of "$PARTS/$1.checked") || fail "$1"
  if [ "$got" != "$1" ]; then
    rm -f -- "$PARTS/$1.checked" "$PARTS/$1.landed"
    echo "what arrived has sha256 $got, not $1" >&2
    echo "fail $1"
    return
  fi
  sync_file "$PARTS/$1.checked" || fail "$1"
  mv -f -T -- "$PARTS/$1.checked" "$PARTS/$1" || fail "$1"
  rm -f -- "$PARTS/$1.landed"
}

# note: the slice before this line has come whole, else the line would not be here.
note() {
  [ -n "$landed" ] || return 0
  echo "$landed" >> "$PARTS/$of.landed" || fail "$of"
  finish "$of" "$slices"
  landed=
}

landed=
while read -r word sum number count length packed; do
  note
  [ "$word" = slice ] || break
  write "$PARTS/$sum.part" "$number" "$length" "$packed" || fail "$sum"
  landed=$number of=$sum slices=$count
done
wait
[ "$word" = end ] || exit 1
echo 'done'
