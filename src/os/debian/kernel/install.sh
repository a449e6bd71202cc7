# shellcheck shell=sh
# Installs a kernel and prints 'release=R', what uname -r will say.
# "$1" = package; empty: that of the flavour which runs (cloud-amd64, amd64, ...). "$2" = "backports", or nothing.
# include: ../apt/apt-get.sh

package=$1
suite=
if [ -z "$package" ]; then
  package=linux-image-$(uname -r | sed 's/^[^-]*-\([0-9][^-]*-\)\{0,1\}//')
fi
if [ "$2" = backports ]; then
  codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  suite=$codename-backports
fi

bring() {
  if [ -n "$suite" ]; then
    apt_change install --no-install-recommends -t "$suite" -- "$package"
  else
    install_packages "$package"
  fi
}

# releases_of PACKAGE: of the kernels among its files.
releases_of() { dpkg-query -L "$1" 2> /dev/null | sed -n 's,^/boot/vmlinuz-,,p'; }

# needed_by PACKAGE: packages of kernels that it only stands for.
needed_by() {
  # shellcheck disable=SC2016 # the braces are dpkg-query's own
  dpkg-query -W -f '${Depends}' -- "$1" | sed 's/[,|]/\n/g' | sed -n 's/^ *\(linux-image-[^ (]*\).*/\1/p'
}

apt_mend
if ! bring; then
  refresh_lists
  bring || package_failed "could not install $package${suite:+ from $suite}"
fi

release=$(releases_of "$package")
if [ -z "$release" ]; then
  for each in $(needed_by "$package"); do release=$(releases_of "$each"); done
fi
if [ -z "$release" ]; then
  echo "$package was installed, and holds no kernel: name a package linux-image-..." >&2
  exit 1
fi
echo "release=$release"
