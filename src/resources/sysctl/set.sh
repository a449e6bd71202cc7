# shellcheck shell=sh
# $1 = path below /proc/sys, $2 = value, $3 = the parameter's name, for people
# $4 = yes: a kernel without it is right as it is
# include: ../../shell/lib/die.sh

if [ ! -e "$1" ]; then
  [ "$4" != yes ] || exit 0
  die "this kernel has no $3; the module or kernel option behind it is missing"
fi
printf '%s\n' "$2" > "$1" || die "the kernel does not take $3 = $2 (or /proc/sys is read-only here)"
