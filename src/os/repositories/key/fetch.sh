# shellcheck shell=sh
# Fetches a small file with whatever the host has for it, and prints it in base64.
# "$1" = URL
# include: ../../../shell/lib/die.sh

# Of a key; what is longer is none.
most=200000

folder=$(mktemp -d) || exit 1
trap 'rm -rf -- "$folder"' EXIT
file=$folder/key

# apt's own is on every host that has apt.
if command -v curl > /dev/null; then
  curl -fsSL --retry 1 --connect-timeout 10 --max-time 40 -o "$file" "$1"
elif command -v wget > /dev/null; then
  timeout 90 wget -q -t 2 -T 20 -O "$file" "$1"
elif [ -x /usr/lib/apt/apt-helper ]; then
  timeout 90 /usr/lib/apt/apt-helper -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 download-file "$1" "$file" > "$folder/log" 2>&1 ||
    { grep '^E:' "$folder/log" >&2; false; }
else
  die 'neither curl nor wget is there: give the key with the inventory, as keyFile'
fi || die "$1 could not be fetched"
[ "$(wc -c < "$file")" -le "$most" ] || die "what $1 gave is no key: it is longer than $most bytes"
base64 -w0 < "$file"
