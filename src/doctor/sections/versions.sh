# shellcheck shell=sh
# "$@" = programs. Prints the name of each that is there and the first line of its version.

for program in "$@"; do
  if command -v "$program" > /dev/null; then echo "$program $(timeout 5 "$program" --version | head -n 1)"; fi
done
