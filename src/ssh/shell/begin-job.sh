# shellcheck shell=sh
# begin_job FOLDER RUN WHAT: ends the (sub)shell with code 197 where another run has the host, and writes down what is
# being done for whoever waits. The caller holds a lock on FOLDER/changing or FOLDER/streaming (see job.ts).

begin_job() {
  { IFS= read -r R < "$1/run" && [ "$R" = "$2" ]; } || exit 197
  # shellcheck disable=SC2034
  read -r NOW REST < /proc/uptime
  printf '%s %s %s\n' $$ "${NOW%%.*}" "$3" > "$1/doing"
}
