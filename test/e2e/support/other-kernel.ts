/** A kernel that no host has. */
export const OTHER_RELEASE = '9.9.9-lab';

/**
 * sh text for a host: a kernel package that is there already, and the commands of a boot loader, which user-mode Linux does not have:
 * it boots the kernel it has. What the kernel says it is called is laid over it, at boot. Reboots, boots and waits are real;
 * kernels that really change are in grub.kernels.test.ts.
 */
export const OTHER_KERNEL = `set -e
cd /usr/local/sbin
for name in update-grub grub-set-default grub-reboot grub-editenv; do
  printf '#!/bin/sh\\necho "%s $*" >> /root/calls\\n' "$name" > "$name"
done
printf '#!/bin/sh\\ncase "$1" in *fs) echo ext2 ;; esac\\n' > grub-probe
chmod 755 *grub*
mkdir -p /boot/grub /root/package/DEBIAN /root/package/boot
for release in "$(uname -r)" ${OTHER_RELEASE}; do
  echo "menuentry 'Linux' \\$menuentry_id_option 'gnulinux-$release-advanced-1' {"
done > /boot/grub/grub.cfg
: > /root/package/boot/vmlinuz-${OTHER_RELEASE}
printf 'Package: linux-image-${OTHER_RELEASE}\\nVersion: 1\\nArchitecture: all\\nMaintainer: lab <lab@example.com>\\nDescription: a name\\n' \\
  > /root/package/DEBIAN/control
dpkg-deb --build /root/package /root/package.deb > /dev/null
dpkg -i /root/package.deb > /dev/null
echo ${OTHER_RELEASE} > /root/osrelease
cat > /etc/systemd/system/other-kernel.service << 'END'
[Unit]
DefaultDependencies=no
Before=ssh.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/mount --bind /root/osrelease /proc/sys/kernel/osrelease
[Install]
WantedBy=multi-user.target
END
systemctl enable -q other-kernel.service`;

/** The same host as if it had booted that kernel already. */
export const RUN_OTHER_KERNEL = 'systemctl start other-kernel.service';
