# shellcheck shell=sh
# Reads slices of files from standard input and writes each at its place: a line
# 'slice <index of the file> <number> <of how many> <bytes that follow> <plain|gzip>', then exactly so many bytes; at last a line
# 'end'. `read` takes one line and no byte more (POSIX), `dd` and `head -c` their bytes and no more. Several of these may work on
# the same files at once. What has landed is noted (FILE.landed), so that an upload that is cut goes on behind it; whoever lands the
# last slice of FILE.new checks that and brings it onto the disk, while others come. Only then it has its name.
# MIB: size of a slice in MiB (the last of a file may be smaller).
# "$@" = two words for each file: its SHA-256, and where it lies on its way
# Prints 'done', or 'fail <index>' with the reason on standard error, or 'gone' where another of these failed, and took away what this
# one writes to.
# include: ../../../shell/lib/room.sh
# include: ../../../shell/lib/sha256.sh
# include: ../../../shell/lib/sync.sh

umask 077
file='' sum=''
files=0
while [ "$#" -gt 0 ]; do
  eval "s$files=\$1 f$files=\$2"
  files=$((files + 1))
  shift 2
done

# What is not whole does not stay on a disk that is full.
give_room_back() {
  i=0
  while [ "$i" -lt "$files" ]; do
    eval "rm -f -- \"\$f$i.new\" \"\$f$i.landed\" \"\$f$i.checked\""
    i=$((i + 1))
  done
}

# fail INDEX
fail() {
  echo "fail $1"
  say_room "${file%/*}"
  give_room_back
  exit 1
}

# Whether what was begun is there, under any of the names it has one after the other.
is_there() {
  [ -e "$file.new" ] || [ -e "$file.checked" ] || [ -e "$file" ]
}

# Nothing of this one stays either: the one that failed may have looked before.
gone() {
  echo 'gone'
  give_room_back
  exit 1
}

# write NUMBER BYTES plain|gzip: into $file, which ask.sh made
# Linux keeps in memory together what was written together, and since 6.18 maps all of that into a program of which it needs one page:
# with 1 MiB at once 50 MB more of a kubelet.
write() {
  if [ "$3" = gzip ]; then
    head -c "$2" | gzip -dc | dd of="$file.new" bs=65536 seek=$(($1 * MIB * 16)) conv=notrunc,nocreat iflag=fullblock status=none
  else
    dd of="$file.new" bs=65536 seek=$(($1 * MIB * 16)) conv=notrunc,nocreat iflag=fullblock,count_bytes count="$2" status=none
  fi
}

# finish INDEX SLICES: checks $file, where all have landed
finish() {
  [ "$(sort -u "$file.landed" 2> /dev/null | wc -l)" -ge "$2" ] || return
  # Of two that landed the last slices at the same time, one does the rest.
  mv -T -- "$file.new" "$file.checked" 2> /dev/null || return
  check "$1" < /dev/null &
}

check() {
  eval "sum=\$s$1"
  got=$(sha256_of "$file.checked") || fail "$1"
  if [ "$got" != "$sum" ]; then
    rm -f -- "$file.checked" "$file.landed"
    echo "what arrived has sha256 $got, not $sum" >&2
    echo "fail $1"
    return
  fi
  sync_file "$file.checked" || fail "$1"
  mv -f -T -- "$file.checked" "$file" || fail "$1"
  rm -f -- "$file.landed"
}

# note: the slice before this line has come whole, else the line would not be here.
note() {
  [ -n "$landed" ] || return 0
  echo "$landed" >> "$file.landed" || fail "$of"
  is_there || gone
  finish "$of" "$slices"
  landed=
}

landed=
while read -r word index number count length packed; do
  note
  [ "$word" = slice ] || break
  eval "file=\$f$index"
  write "$number" "$length" "$packed" || {
    is_there || gone
    fail "$index"
  }
  landed=$number of=$index slices=$count
done
wait
[ "$word" = end ] || exit 1
echo 'done'
