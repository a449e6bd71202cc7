# shellcheck shell=sh
# say_room FOLDER: on standard error, how much room its disk has: what is mostly the reason where something cannot be written.

# shellcheck disable=SC2034
say_room() {
  df -Pk -- "$1" 2> /dev/null | {
    read -r head
    read -r device total used free rest &&
      echo "$((free / 1024)) MB of $((total / 1024)) MB are free there" >&2
  }
}
