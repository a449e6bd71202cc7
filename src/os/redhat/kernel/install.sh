# shellcheck shell=sh
# Installs a kernel package from a project's archive and prints 'release=R', what uname -r will say. Nothing of it is trusted for where
# it came from: the package has the sum that the inventory says, and a signature by the key whose fingerprint kinit says.
# "$1" = package, as its file is called without .rpm; "$2" = folder that has it; "$3" = its SHA-256 sum; "$4" = address of the key;
# "$5" = fingerprint of the key, 40 digits.
# include: ../dnf/dnf.sh

package=$1 origin=$2 sum=$3 key_address=$4 fingerprint=$5

refused() {
  printf '%s\n' "$@" >&2
  exit 1
}

if ! rpm -q -- "$package" > /dev/null 2>&1; then
  folder=$(mktemp -d) || exit 1
  trap 'rm -rf -- "$folder" "$log"' EXIT
  file=$folder/$package.rpm

  # fetch ADDRESS FILE
  fetch() {
    echo "fetching $1"
    said=$(curl -fsSL --connect-timeout 30 --speed-limit 1000 --speed-time 60 -o "$2" "$1" 2>&1) || refused "could not fetch $1: $said"
  }
  fetch "$origin/$package.rpm" "$file"
  fetch "$key_address" "$folder/key"

  found=$(sha256sum < "$file")
  [ "${found%% *}" = "$sum" ] ||
    refused "$package.rpm from $origin is not the package that the inventory means" "its SHA-256 sum: ${found%% *}" "kernel.sha256: $sum"

  # A file of keys may hold more than the one it is known for: then more than that one would be trusted.
  keys=$(gpg --homedir "$folder" --batch --no-tty --with-colons --with-fingerprint "$folder/key" 2> /dev/null |
    awk -F : '$1 == "pub" { wanted = 1; next } $1 == "fpr" && wanted { print $10; wanted = 0 }')
  [ "$keys" = "$fingerprint" ] ||
    refused "the key at $key_address is not the one that signs these packages" "its fingerprint: ${keys:-none}" "expected: $fingerprint"

  # In a database of its own: the host's trusts no more than before. A package without a signature is "OK" too, by its digests alone.
  rpmkeys --dbpath "$folder/keys" --import "$folder/key" || refused "rpm cannot read the key from $key_address"
  said=$(rpmkeys --dbpath "$folder/keys" --checksig "$file" 2>&1) &&
    printf '%s\n' "$said" | grep -q -E '(pgp|signatures)( [a-z0-9]+)* OK$' ||
    refused "the signature of $package.rpm is not by $fingerprint" "$said"

  dnf_change --setopt=localpkg_gpgcheck=0 install "$file" || package_failed "could not install $package"
fi

release=$(rpm -ql -- "$package" 2> /dev/null | sed -n 's,^/boot/vmlinuz-,,p;s,^/lib/modules/\([^/]*\)/vmlinuz$,\1,p' | head -n 1)
[ -n "$release" ] || refused "$package was installed, and holds no kernel"
echo "release=$release"
