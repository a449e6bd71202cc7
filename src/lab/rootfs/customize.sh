# shellcheck shell=sh
# What makes a root file system of packages one of a test host; mmdebstrap runs it on the machine.
# ROOT = folder of the root file system, PREFETCHED = packages that are only downloaded, SUDOER = name of a user with
# passwordless sudo, MASKED = units that never start.

set -eu
chroot "$ROOT" apt-get clean
# The package of systemd-resolved leads it to a service that does not run here.
rm -f "$ROOT/etc/resolv.conf"
cp /etc/resolv.conf "$ROOT/etc/resolv.conf"
# shellcheck disable=SC2086
chroot "$ROOT" apt-get install -y --no-install-recommends --download-only $PREFETCHED

chroot "$ROOT" useradd --create-home --shell /bin/bash "$SUDOER"
printf '%s ALL=(ALL) NOPASSWD:ALL\n' "$SUDOER" > "$ROOT/etc/sudoers.d/lab"
chmod 0440 "$ROOT/etc/sudoers.d/lab"

# Each host gets its own.
rm -f "$ROOT"/etc/ssh/ssh_host_* "$ROOT/etc/machine-id" "$ROOT/var/lib/dbus/machine-id" "$ROOT/etc/hostname" "$ROOT/etc/resolv.conf"
printf 'LANG=C.UTF-8\n' > "$ROOT/etc/default/locale"

mkdir -p "$ROOT/etc/systemd/system"
for unit in $MASKED; do ln -sf /dev/null "$ROOT/etc/systemd/system/$unit"; done

# Authorities this machine trusts besides the usual ones: a proxy's, for example.
if [ -d /usr/local/share/ca-certificates ]; then
  cp -a /usr/local/share/ca-certificates/. "$ROOT/usr/local/share/ca-certificates/"
  chroot "$ROOT" update-ca-certificates
fi
