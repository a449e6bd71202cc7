# shellcheck shell=sh
# Makes a run the one that changes this host (see job.ts): first its number is written down, so that no job of another run
# begins any more; then the end of what still runs is waited for.
# $1 = number of the run, $2 = folder of the jobs, $3 = seconds to wait for a job, $4 = seconds to wait for a stream
# Prints 'wait <seconds it runs> <pid> <what>' when a job is still running. Exit code 198: the wait ran out.
folder=$2

umask 077
mkdir -p -- "$folder" && printf '%s\n' "$1" > "$folder/run.$1" && mv -f -T -- "$folder/run.$1" "$folder/run" || exit 1

# What another kinit has put up (listeners for a check, or for others of the site) is in the way of what comes now.
for end in /run/kinit-*/end; do
  [ ! -e "$end" ] || sh "$end" > /dev/null 2>&1
done

# Says what is waited for: the last that was begun.
tell() {
  read -r pid since what < "$folder/doing"
  # shellcheck disable=SC2034
  read -r now rest < /proc/uptime
  echo "wait $((${now%%.*} - since)) $pid $what"
}

(
  flock -n 9 && exit 0
  tell
  flock -w "$3" 9 || exit 198
) 9>> "$folder/changing" || exit $?

# A stream whose sender is gone without a word would never end by itself. (Its file is looked for by name here, not read.)
# shellcheck disable=SC2094
(
  flock -w "$4" 7 && exit 0
  find /proc/[0-9]*/fd/8 -maxdepth 0 -lname "$folder/streaming" 2> /dev/null | while IFS=/ read -r _ _ pid _; do
    kill -9 "$pid" 2> /dev/null
  done
  flock -w "$4" 7 && exit 0
  # What waits for its disk ends when the disk has answered, and not before (state D in proc(5)).
  tell
  flock -w "$3" 7 || exit 198
) 7>> "$folder/streaming"
