# shellcheck shell=sh
# changing PROGRAM PATTERN...: prints the files in which a program of sed -E would change something, but those of kinit's own.

changing() {
  program=$1
  shift
  # shellcheck disable=SC2048 # patterns
  for file in $*; do
    [ -f "$file" ] || continue
    case "${file##*/}" in kinit-*) continue ;; esac
    after=$(sed -E "$program" < "$file") && before=$(cat < "$file") || return 1
    [ "$after" = "$before" ] || printf '%s\n' "$file"
  done
}
