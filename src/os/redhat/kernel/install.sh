# shellcheck shell=sh
# Installs a kernel's packages from a project's archive and prints 'release=R', what uname -r will say. Nothing of them is trusted for where
# it came from: the first has the sum that the inventory says, and each has the name it was asked by and a signature by the key whose
# fingerprint kinit says.
# "$1" = folder that has them; "$2" = address of the key; "$3" = fingerprint of the key, as gpg prints it; "$4" = SHA-256 sum of the first; the
# others = packages, as their files are called without .rpm
# include: ../dnf/dnf.sh

origin=$1 key_address=$2 fingerprint=$3 sum=$4
shift 4
package=$1

refused() {
  printf '%s\n' "$@" >&2
  exit 1
}

# fetch ADDRESS FILE
fetch() {
  echo "fetching $1"
  said=$(curl -fsSL --connect-timeout 30 --speed-limit 1000 --speed-time 60 -o "$2" "$1" 2>&1) || refused "could not fetch $1: $said"
}

# fetch_key FOLDER: into a database of its own: the host's trusts no more than before.
fetch_key() {
  fetch "$key_address" "$1/key"
  # A file of keys may hold more than the one it is known for: then more than that one would be trusted.
  keys=$(gpg --homedir "$1" --batch --no-tty --with-colons --with-fingerprint "$1/key" 2> /dev/null |
    awk -F : '$1 == "pub" { wanted = 1; next } $1 == "fpr" && wanted { print $10; wanted = 0 }')
  [ "$keys" = "$fingerprint" ] ||
    refused "the key at $key_address is not the one that signs these packages" "its fingerprint: ${keys:-none}" "expected: $fingerprint"
  rpmkeys --dbpath "$1/keys" --import "$1/key" || refused "rpm cannot read the key from $key_address"
}

check_sum() {
  found=$(sha256sum < "$1")
  [ "${found%% *}" = "$sum" ] ||
    refused "$package.rpm from $origin is not the package that the inventory means" "its SHA-256 sum: ${found%% *}" "kernel.sha256: $sum"
}

# check FOLDER NAME: a package without a signature is "OK" too, by its digests alone.
check() {
  said=$(rpmkeys --dbpath "$1/keys" --checksig "$1/$2.rpm" 2>&1) &&
    printf '%s\n' "$said" | grep -q -E '(pgp|signatures)( [a-z0-9]+)* OK$' ||
    refused "the signature of $2.rpm is not by $fingerprint" "$said"
  said=$(rpm -qp --nosignature --qf '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}' "$1/$2.rpm" 2>&1)
  [ "$said" = "$2" ] || refused "$2.rpm from $origin is another package: $said"
}

if ! rpm -q -- "$@" > /dev/null 2>&1; then
  folder=$(mktemp -d) || exit 1
  trap 'rm -rf -- "$folder" "$log"' EXIT
  for name in "$@"; do fetch "$origin/$name.rpm" "$folder/$name.rpm"; done
  check_sum "$folder/$package.rpm"
  fetch_key "$folder"
  for name in "$@"; do check "$folder" "$name"; done
  dnf_change --setopt=localpkg_gpgcheck=0 install "$folder"/*.rpm || package_failed "could not install $*"
fi

release=$(rpm -ql -- "$@" 2> /dev/null | sed -n 's,^/boot/vmlinuz-,,p;s,^/lib/modules/\([^/]*\)/vmlinuz$,\1,p' | head -n 1)
[ -n "$release" ] || refused "$package was installed, and holds no kernel"
echo "release=$release"
