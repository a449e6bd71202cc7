# shellcheck shell=sh
# Reads files from standard input and puts them in place together: a line 'file <size> <mode> <owner>:<group> <sha256 or ->',
# a line with the path, then exactly <size> bytes; at last a line 'end'. `read` takes one line and no byte more (POSIX),
# `head -c` its bytes and no more. 'part' in place of 'file': no bytes follow, they are there as .kinit-part-<sha256> beside it,
# checked. No file is renamed before all are there, checked and synced; when anything fails, or the stream stops before 'end', no
# temporary file is left.
# RUN, TAG: make the temporary names unique.
# JOBS: folder of the jobs, where this run has claimed the host (see job.ts); empty: it has not.
# Prints 'done', 'taken over', or 'fail <index>' with the reason on standard error.
# include: ../../shell/lib/label.sh
# include: ../../shell/lib/room.sh
# include: ../../shell/lib/sha256.sh
# include: ../../shell/lib/sync.sh
# include: ../shell/begin-job.sh

# Of file i: the temporary name in t$i, the path in p$i; b$i is 'brought' where it was sent before.
n=0
swept=:

# What was brought stays, for the next try.
clean() {
  i=0
  while [ "$i" -lt "$n" ]; do
    eval "[ -n \"\$b$i\" ] || rm -f -- \"\$t$i\""
    i=$((i + 1))
  done
}
trap clean EXIT
trap 'exit 1' HUP INT TERM PIPE

# fail INDEX
fail() {
  echo "fail $1"
  say_room "${dir:-/}"
  exit 1
}

# Takes away the temporary files of other runs in a folder, which only a power cut leaves behind.
sweep() {
  case $swept in *":$dir:"*) return ;; esac
  swept=$swept$dir:
  for old in "$dir"/.kinit-up-*; do
    case $old in "$dir/.kinit-up-$RUN-"*) ;; *) rm -f -- "$old" ;; esac
  done
}

# give_to FILE: its mode and owner
give_to() {
  if [ "$owner" != root:root ] || [ -g "$dir/" ]; then chown -- "$owner" "$1" || return; fi
  chmod -- "$mode" "$1"
}

# check_sum INDEX FILE SUM: a file with a wrong one is taken away, which stops the rest.
check_sum() {
  got=$(sha256_of "$2") && [ "$got" = "$3" ] && return
  echo "what arrived has sha256 $got, not $3" >&2
  echo "fail $1"
  rm -f -- "$2"
}

while read -r word size mode owner sum; do
  case $word in file | part) ;; *) break ;; esac
  IFS= read -r path || exit 1
  dir=${path%/*}
  [ -d "$dir/" ] || mkdir -p -- "$dir" || fail "$n"
  [ -z "$JOBS" ] || sweep
  me=$n
  n=$((n + 1))
  if [ "$word" = part ]; then
    tmp=$dir/.kinit-part-$sum
    eval "t$me=\$tmp p$me=\$path b$me=brought"
    give_to "$tmp" || fail "$me"
    continue
  fi
  tmp=$dir/.kinit-up-$RUN-$TAG-$me
  eval "t$me=\$tmp p$me=\$path b$me="
  # Nobody reads it before its mode is right, and nothing that lies there is written into.
  umask 077
  set -C
  true > "$tmp" || fail "$me"
  umask 022
  set +C
  give_to "$tmp" || fail "$me"
  [ "$size" = 0 ] || head -c "$size" > "$tmp" || fail "$me"
  # Checked while the next file comes.
  if [ "$sum" != - ]; then check_sum "$me" "$tmp" "$sum" < /dev/null & fi
done
[ "$word" = end ] || exit 1
wait

i=0
while [ "$i" -lt "$n" ]; do
  eval "[ -e \"\$t$i\" ]" || exit 1
  i=$((i + 1))
done

# What was brought is on the disk already.
put_in_place() {
  set --
  i=0
  while [ "$i" -lt "$n" ]; do
    eval "[ -n \"\$b$i\" ] || set -- \"\$@\" \"\$t$i\""
    i=$((i + 1))
  done
  [ "$#" = 0 ] || sync_file "$@" || fail 0
  set --
  i=0
  while [ "$i" -lt "$n" ]; do
    eval "tmp=\$t$i path=\$p$i"
    mv -f -T -- "$tmp" "$path" || break
    set -- "$@" "$path"
    i=$((i + 1))
  done
  # All at once: reading the policy takes longer than labelling. What is in place has its label whatever became of the rest.
  [ "$i" = 0 ] || label "$@"
  [ "$i" = "$n" ] || fail "$i"
  echo 'done'
}

# Putting them in place is a job. Reading them is none: a sender that died would keep it for ever.
if [ -z "$JOBS" ]; then
  (put_in_place)
else
  (
    flock -s 9 || exit 1
    begin_job "$JOBS" "$RUN" 'put files in place'
    put_in_place
  ) 9>> "$JOBS/changing"
fi
code=$?
[ "$code" != 197 ] || echo 'taken over'
exit "$code"
