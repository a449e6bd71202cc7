# shellcheck shell=sh
# "$@" = programs. Prints the name of each that is there and the first line of its version.
# include: ./bounded.sh

# version_of PROGRAM
version_of() {
  version=$(in_time 10 "$1" --version) || exit 75
  printf '%s\n' "$1 $version" | head -n 1
}

# Side by side: one that hangs takes nothing from the others, and no time.
asked=
for program in "$@"; do
  command -v "$program" > /dev/null || continue
  version_of "$program" &
  asked="$asked $!"
done
missed=0
for each in $asked; do wait "$each" || missed=75; done
exit "$missed"
