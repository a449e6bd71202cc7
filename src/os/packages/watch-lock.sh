# shellcheck shell=sh
# watch_lock SECONDS: prints the holder of the package manager's locks that was there all the while, or nothing as soon as there is
# none. Needs lock_holder.

watch_lock() {
  left=$1
  while holder=$(lock_holder 2> /dev/null); do
    if [ "$left" -le 0 ]; then
      echo "$holder"
      break
    fi
    left=$((left - 1))
    sleep 1
  done
}
