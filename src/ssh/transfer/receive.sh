# shellcheck shell=sh
# Writes standard input into a file that only root reads, and checks it. Cut or changed on its way: no file, and code 1.
# $1 = file, $2 = its SHA-256
# include: ../../shell/lib/die.sh
# include: ../../shell/lib/sha256.sh

umask 077
rm -f -- "$1"
cat > "$1" || {
  rm -f -- "$1"
  exit 1
}
found=$(sha256_of "$1")
[ "$found" = "$2" ] || {
  rm -f -- "$1"
  die "Error: $1 was damaged on its way: its SHA-256 is $found, not $2"
}
