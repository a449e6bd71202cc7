# shellcheck shell=sh
# kill PID NAME: ends a process at once, where it still is the one of that name (as the kernel has it, 15 characters).

name=$(cat "/proc/$1/comm") || exit 1
if [ "$name" != "$(printf '%s' "$2" | cut -c 1-15)" ]; then
  echo "process $1 is $name, not $2" >&2
  exit 1
fi
kill -9 "$1"
