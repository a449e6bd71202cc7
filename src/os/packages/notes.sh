# shellcheck shell=sh
# note FILE LINE...: adds lines to a file of the notes, the folder "$notes".

note() {
  # shellcheck disable=SC2154 # whoever includes this sets it
  file=$notes/$1
  shift
  (umask 077 && mkdir -p -- "$notes" && printf '%s\n' "$@" >> "$file") || exit 1
}
