# shellcheck shell=sh
# Puts back what save.sh kept in "$D"; rpm trusts the key no longer, where it did not before.
# "$1" = path, "$2" = of the stamp, whose second word is the fingerprints of its keys
# include: ../../../shell/lib/saved-path.sh
# include: ../../../shell/lib/die.sh

# rpm calls a key by the last 8 digits of its fingerprint.
distrust() {
  short=$(printf '%s' "$1" | tail -c 8 | tr 'A-F' 'a-f')
  rpm -q gpg-pubkey 2> /dev/null | grep "^gpg-pubkey-$short-" | grep -vxF -f "$D/trusted" | while read -r key; do
    rpm -e --allmatches -- "$key" || die "the key $key could not be taken from rpm"
  done
}

if [ -e "$D/trusted" ] && [ -e "$2" ] && command -v rpm > /dev/null; then
  read -r _ fingerprints _ < "$2"
  for fingerprint in $(printf '%s' "$fingerprints" | tr ',' ' '); do distrust "$fingerprint" || exit 1; done
fi
restore_path "$1" before
rm -f -- "$2"
