# shellcheck shell=sh
# Functions that make rpm packages of Debian's, below "$ROOT/srv/repository". Need in_root, $ROOT, $NAMES, $IPTABLES.

# name_of DEBIAN: what the family calls a package.
name_of() {
  for pair in $NAMES; do
    if [ "${pair%%=*}" = "$1" ]; then
      echo "${pair#*=}"
      return
    fi
  done
  echo "$1"
}

# build NAME VERSION SUMMARY FOLDER SPEC: a package of all files in $ROOT/build/FOLDER; SPEC are further lines of its spec file.
build() {
  cat > "$ROOT/build/$1.spec" << END
Name: $1
Version: $2
Release: 1%{?dist}
Summary: $3
License: as in Debian
AutoReqProv: no
$5
%description
$3, made from Debian's binaries for a test host.
%files -f /build/$1.files
END
  # Folders that the base system has belong to it; others come and go with the package.
  (cd "$ROOT/build/$4" && find . ! -type d | sed 's,^\.,,; s,^\(/etc/.*\.conf\)$,%config(noreplace) \1,') > "$ROOT/build/$1.files"
  (cd "$ROOT/build/$4" && find . -type d) | sed 's,^\.,,' | while IFS= read -r folder; do
    [ -e "$ROOT$folder" ] || printf '%%dir %s\n' "$folder"
  done >> "$ROOT/build/$1.files"
  in_root rpmbuild -bb --quiet --buildroot "/build/$4" --define '_rpmdir /srv/repository' --define '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' \
    --define '__os_install_post %{nil}' --define '_build_id_links none' "/build/$1.spec" > "$ROOT/build/log" 2>&1 || {
    cat "$ROOT/build/log"
    exit 1
  }
}

# upstream_version DEBIAN-VERSION: without epoch and Debian's own part.
upstream_version() {
  version=${1#*:}
  echo "${version%%-*}"
}

# make_package DEBIAN SPEC: of a package that is installed.
make_package() {
  mkdir -p "$ROOT/build/$1"
  in_root dpkg -L "$1" | while read -r path; do
    [ ! -f "$ROOT$path" ] || (cd "$ROOT" && cp -a --parents ".$path" "build/$1")
  done
  # shellcheck disable=SC2016 # the braces are dpkg-query's own
  build "$1" "$(upstream_version "$(in_root dpkg-query -W -f '${Version}' "$1")")" "$1" "$1" "$2"
}

# make_release_package VERSION
make_release_package() {
  mkdir -p "$ROOT/build/release/usr/lib" "$ROOT/build/release/etc"
  mv "$ROOT/build/os-release" "$ROOT/build/release/usr/lib/os-release"
  mv "$ROOT/build/redhat-release" "$ROOT/build/release/etc/redhat-release"
  ln -s ../usr/lib/os-release "$ROOT/build/release/etc/os-release"
  ln -s redhat-release "$ROOT/build/release/etc/system-release"
  build "$RELEASE_PACKAGE" "$1" 'Release files' release "Provides: system-release = $1
Provides: system-release(releasever) = ${1%%.*}
Provides: redhat-release = $1"
}

# depends DEB: those of its dependencies that lie beside it, as spec lines.
depends() {
  in_root dpkg-deb -f "$1" Depends Pre-Depends | sed 's/^[A-Za-z-]*: //; s/[|,]/\n/g; s/([^)]*)//g; s/:any//g' | tr -d ' ' | sort -u |
    while read -r needed; do
      for beside in "$ROOT"/var/cache/apt/archives/"$needed"_*.deb; do
        [ ! -e "$beside" ] || echo "Requires: $(name_of "$needed")"
      done
    done
}

make_package_of_deb() {
  deb=/var/cache/apt/archives/$1
  debian=${1%%_*}
  name=$(name_of "$debian")
  in_root dpkg-deb -x "$deb" "/build/$name"
  (cd "$ROOT/build/$name" && rm -rf usr/share/doc usr/share/man usr/share/lintian usr/share/bug etc/init.d etc/default etc/ppp etc/dhcp etc/NetworkManager etc/cron* etc/logrotate.d)
  more=
  case "$debian" in
    chrony) as_chronyd ;;
    iptables) as_iptables ;;
    nftables) as_nftables ;;
  esac
  build "$name" "$(upstream_version "$(in_root dpkg-deb -f "$deb" Version)")" "$debian" "$name" "$(depends "$deb")
$more"
}

# scriptlets UNIT: a service as packages of the family bring it.
scriptlets() {
  echo "%post
[ \$1 -ne 1 ] || systemctl --no-reload preset $1 > /dev/null 2>&1 || :
%preun
[ \$1 -ne 0 ] || { systemctl --no-reload disable $1; systemctl stop $1; } > /dev/null 2>&1 || :
%postun
systemctl daemon-reload > /dev/null 2>&1 || :"
}

as_chronyd() {
  folder=$ROOT/build/$name
  rm -rf "${folder:?}/etc"
  mkdir -p "$folder/etc"
  printf 'pool 2.pool.ntp.org iburst\ndriftfile /var/lib/chrony/drift\nmakestep 1.0 3\nrtcsync\nlogdir /var/log/chrony\n' > "$folder/etc/chrony.conf"
  rm -rf "$folder"/lib/systemd "$folder"/usr/lib/systemd "$folder"/usr/lib/tmpfiles.d "$folder"/lib/tmpfiles.d
  mkdir -p "$folder/usr/lib/systemd/system"
  cat > "$folder/usr/lib/systemd/system/chronyd.service" << 'END'
[Unit]
Description=NTP client/server
After=network.target
ConditionCapability=CAP_SYS_TIME

[Service]
Type=forking
PIDFile=/run/chrony/chronyd.pid
ExecStartPre=/bin/mkdir -p /var/lib/chrony /var/log/chrony
ExecStart=/usr/sbin/chronyd -u root -f /etc/chrony.conf

[Install]
WantedBy=multi-user.target
END
  more=$(scriptlets chronyd.service)
}

as_iptables() {
  folder=$ROOT/build/$name/usr/sbin
  for command in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
    ln -sf "xtables-$IPTABLES-multi" "$folder/$command"
  done
  # The older one has no other.
  if [ "$IPTABLES" = legacy ]; then rm -f "$folder"/*-nft* "$folder"/*-translate "$folder"/xtables-monitor; fi
  more="Provides: iptables = 1:%{version}-%{release}"
}

as_nftables() {
  folder=$ROOT/build/$name
  rm -rf "$folder"/lib/systemd "$folder"/usr/lib/systemd
  mkdir -p "$folder/etc/sysconfig" "$folder/usr/lib/systemd/system"
  rm -f "$folder/etc/nftables.conf"
  printf '# Uncomment the include statement here to load the default config sample\n# include "/etc/nftables/main.nft"\n' > "$folder/etc/sysconfig/nftables.conf"
  cat > "$folder/usr/lib/systemd/system/nftables.service" << 'END'
[Unit]
Description=Netfilter Tables
Wants=network-pre.target
Before=network-pre.target

[Service]
Type=oneshot
ProtectSystem=full
ProtectHome=true
ExecStart=/sbin/nft -f /etc/sysconfig/nftables.conf
ExecReload=/sbin/nft 'flush ruleset; include "/etc/sysconfig/nftables.conf";'
ExecStop=/sbin/nft flush ruleset
RemainAfterExit=yes

[Install]
WantedBy=multi-user.target
END
  more=$(scriptlets nftables.service)
}
