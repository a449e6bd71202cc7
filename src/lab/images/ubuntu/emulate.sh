# shellcheck shell=sh
# Makes a root file system of Debian look like one of Ubuntu: its names, and the services and settings that a server has there from
# its installer on and that get into an installation's way.
# ROOT = folder of the root file system; OS_RELEASE, DEBIAN_VERSION = what the system says of itself; SSH_BY = socket or service.

set -eu

names() {
  printf '%s\n' "$OS_RELEASE" > "$ROOT/usr/lib/os-release"
  printf '%s\n' "$DEBIAN_VERSION" > "$ROOT/etc/debian_version"
  said() { sed -n "s/^$1=//p" "$ROOT/usr/lib/os-release" | tr -d '"'; }
  printf 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=%s\nDISTRIB_CODENAME=%s\nDISTRIB_DESCRIPTION="%s"\n' \
    "$(said VERSION_ID)" "$(said VERSION_CODENAME)" "$(said PRETTY_NAME)" > "$ROOT/etc/lsb-release"
  printf '%s \\n \\l\n\n' "$(said PRETTY_NAME)" > "$ROOT/etc/issue"
}

# Names are asked of systemd-resolved, at 127.0.0.53: a pod that is given that address asks itself.
name_servers() {
  rm -f "$ROOT/etc/systemd/system/systemd-resolved.service"
  ln -sf ../run/systemd/resolve/stub-resolv.conf "$ROOT/etc/resolv.conf"
  chroot "$ROOT" systemctl --quiet enable systemd-resolved.service
}

# systemd-networkd runs, with what netplan makes for it; it knows no link of these hosts, and theirs is the lab's.
links() {
  rm -f "$ROOT/etc/systemd/system/systemd-networkd.service"
  mkdir -p "$ROOT/etc/netplan" "$ROOT/etc/systemd/network"
  (umask 077 && printf 'network:\n  version: 2\n  ethernets:\n    all:\n      match: {name: "en*"}\n      dhcp4: true\n' > "$ROOT/etc/netplan/50-cloud-init.yaml")
  ln -sf /dev/null "$ROOT/etc/systemd/network/80-container-host0.network"
  chroot "$ROOT" systemctl --quiet enable systemd-networkd.service
  # It waits for a link that it has been given.
  ln -sf /dev/null "$ROOT/etc/systemd/system/systemd-networkd-wait-online.service"
}

# Both file names of Ubuntu's are looked at by programs that change mirrors.
sources() {
  for file in "$ROOT"/etc/apt/sources.list.d/*.sources; do
    [ ! -e "$file" ] || mv "$file" "$ROOT/etc/apt/sources.list.d/ubuntu.sources"
  done
  [ ! -e "$ROOT/etc/apt/sources.list.d/ubuntu.sources" ] ||
    printf '# Ubuntu sources have moved to /etc/apt/sources.list.d/ubuntu.sources\n' > "$ROOT/etc/apt/sources.list"
}

# After each installation needrestart restarts what uses libraries that were replaced, without asking.
upgrades() {
  # shellcheck disable=SC2016 # Perl
  printf '$nrconf{restart} = '\''a'\'';\n' > "$ROOT/etc/needrestart/conf.d/ubuntu.conf"
  printf 'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n' > "$ROOT/etc/apt/apt.conf.d/20auto-upgrades"
}

# As 10-network-security.conf of its procps.
settings() {
  printf 'net.ipv4.conf.default.rp_filter=2\nnet.ipv4.conf.all.rp_filter=2\n' > "$ROOT/etc/sysctl.d/10-network-security.conf"
}

# Both listen for IPv4 and IPv6; where one is off its half is left out (FreeBind, BindIPv6Only).
ssh_by_socket() {
  cat > "$ROOT/etc/systemd/system/ssh.socket" << 'END'
[Unit]
Description=OpenBSD Secure Shell server socket
Before=sockets.target ssh.service
ConditionPathExists=!/etc/ssh/sshd_not_to_be_run

[Socket]
ListenStream=0.0.0.0:22
ListenStream=[::]:22
BindIPv6Only=ipv6-only
Accept=no
FreeBind=yes

[Install]
WantedBy=sockets.target
RequiredBy=ssh.service
END
  chroot "$ROOT" systemctl --quiet disable ssh.service
  chroot "$ROOT" systemctl --quiet enable ssh.socket
}

names
name_servers
links
sources
upgrades
settings
[ "$SSH_BY" = service ] || ssh_by_socket
