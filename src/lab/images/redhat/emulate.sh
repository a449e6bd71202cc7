# shellcheck shell=sh
# Makes a root file system of Debian look like one of the Red Hat family: its package manager over a real rpm database, a
# repository of packages made from Debian's binaries, its names and folders; nothing of apt and dpkg is left.
# ROOT = folder of the root file system; OS_RELEASE, REDHAT_RELEASE = what the system says of itself; RELEASE_PACKAGE,
# VERSION = the package that owns it; COMMANDS = names of the package manager; IPTABLES = nft or legacy; NAMES = pairs
# DEBIAN=NAME, what packages are called in the family.
# include: ./packages.sh

set -eu

in_root() { chroot "$ROOT" "$@"; }

# Debian's rpm keeps its database in the home of whoever calls it.
rpm_settings() {
  mkdir -p "$ROOT/etc/rpm"
  # shellcheck disable=SC2153 # it comes from outside
  printf '%%_dbpath /var/lib/rpm\n%%dist .el%s\n' "${VERSION%%.*}" > "$ROOT/etc/rpm/macros"
}

# A key of its own signs the repository; its secret half is gone with the build.
sign_packages() {
  in_root env GNUPGHOME=/build/gnupg sh -euc '
    mkdir -p -m 0700 /build/gnupg /etc/pki/rpm-gpg
    gpg --batch --quiet --passphrase "" --quick-generate-key "Packages of kinit lab" rsa2048 sign never
    gpg --batch --armor --export > /etc/pki/rpm-gpg/RPM-GPG-KEY-lab
    rpmsign --define "__gpg /usr/bin/gpg" --define "_gpg_name Packages of kinit lab" --addsign /srv/repository/*.rpm > /build/log 2>&1 || { cat /build/log; exit 1; }
    gpgconf --kill all
    createrepo_c --quiet /srv/repository'
}

repository_file() {
  mkdir -p "$ROOT/etc/yum.repos.d"
  cat > "$ROOT/etc/yum.repos.d/lab.repo" << END
[lab]
name=Packages of the lab, made from Debian's
baseurl=file:///srv/repository
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-lab
END
  # Every Red Hat has it so; Debian's lets a dead repository pass.
  printf '[main]\ngpgcheck=1\ninstallonly_limit=3\nclean_requirements_on_remove=True\nbest=True\nskip_if_unavailable=False\n' > "$ROOT/etc/dnf/dnf.conf"
  ln -sf dnf/dnf.conf "$ROOT/etc/yum.conf"
  # A plugin of Debian's that wants a repository of its own.
  rm -f "$ROOT/etc/dnf/plugins/local.conf" "$ROOT"/usr/lib/python3/dist-packages/dnf-plugins/local.py
}

commands() {
  rm -f "$ROOT/usr/bin/dnf"
  for name in $COMMANDS; do ln -s dnf-3 "$ROOT/usr/bin/$name"; done
}

# What programs look at to know the family, and where they look for its settings.
family_files() {
  printf '%s\n' "$OS_RELEASE" > "$ROOT/build/os-release"
  printf '%s\n' "$REDHAT_RELEASE" > "$ROOT/build/redhat-release"
  mkdir -p "$ROOT/etc/sysconfig/modules" "$ROOT/etc/selinux" "$ROOT/etc/pki/tls" "$ROOT/etc/pki/ca-trust/source/anchors"
  printf '# This file controls the state of SELinux on the system.\nSELINUX=enforcing\nSELINUXTYPE=targeted\n' > "$ROOT/etc/selinux/config"
  ln -sf ../selinux/config "$ROOT/etc/sysconfig/selinux"
  # There is no policy, and so nothing to label.
  rm -f "$ROOT"/lib/systemd/system/selinux-autorelabel* "$ROOT"/lib/systemd/system-generators/selinux-autorelabel-generator*
  mv "$ROOT/etc/ssl/certs" "$ROOT/etc/pki/tls/certs"
  ln -s ca-certificates.crt "$ROOT/etc/pki/tls/certs/ca-bundle.crt"
  ln -s ../pki/tls/certs "$ROOT/etc/ssl/certs"
  rm -rf "$ROOT/etc/default/locale" "$ROOT/etc/network"
  printf 'LANG=C.UTF-8\n' > "$ROOT/etc/locale.conf"
  ln -sf bash "$ROOT/bin/sh"
}

without_debian() {
  rm -rf "$ROOT"/usr/bin/apt* "$ROOT"/usr/bin/dpkg* "$ROOT"/usr/bin/deb-systemd* "$ROOT"/usr/sbin/dpkg* "$ROOT"/usr/lib/apt \
    "$ROOT"/usr/lib/dpkg "$ROOT"/var/lib/apt "$ROOT"/var/lib/dpkg "$ROOT"/var/cache/apt "$ROOT"/etc/apt "$ROOT"/etc/dpkg \
    "$ROOT"/etc/debian_version "$ROOT"/etc/init.d "$ROOT"/etc/rc?.d "$ROOT"/lib/systemd/system/apt-* "$ROOT"/lib/systemd/system/dpkg-* \
    "$ROOT"/etc/systemd/system/apt-* "$ROOT"/etc/systemd/system/*/apt-* "$ROOT"/etc/systemd/system/*/dpkg-*
}

mkdir -p "$ROOT/build" "$ROOT/srv/repository"
rpm_settings
family_files
make_package bash 'Provides: /bin/sh'
make_package kmod ''
make_release_package "$VERSION"
for file in "$ROOT"/var/cache/apt/archives/*.deb; do make_package_of_deb "${file##*/}"; done
sign_packages
# The base system, as far as others need it.
for file in "$ROOT"/srv/repository/bash-*.rpm "$ROOT"/srv/repository/kmod-*.rpm "$ROOT/srv/repository/$RELEASE_PACKAGE"-*.rpm; do
  in_root rpm -i --quiet --force-debian --replacefiles --nodeps --nosignature "${file#"$ROOT"}" 2> /dev/null
done
repository_file
commands
without_debian
rm -rf "$ROOT/build"
