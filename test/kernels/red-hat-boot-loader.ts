import { readFileSync } from 'node:fs';

const PROGRAM = readFileSync(new URL('red-hat-boot-loader.sh', import.meta.url), 'utf8');

/**
 * sh text for a host of the Red Hat family with a user-mode kernel: a boot loader with an entry for the kernel that runs. Real are rpm, dnf,
 * reboots and boots; which kernel boots is written down only, and what it says it is called is laid over it.
 */
export const BOOT_LOADER = `set -e
cat > /usr/local/sbin/lab-boot-loader << 'PROGRAM'
${PROGRAM}PROGRAM
chmod 755 /usr/local/sbin/lab-boot-loader
for name in grubby grub2-editenv grub2-reboot uname; do ln -s lab-boot-loader "/usr/local/sbin/$name"; done
release=$(/usr/bin/uname -r)
mkdir -p /boot/loader/entries /boot/grub2
: > /boot/grub2/grubenv
echo kernel > "/boot/vmlinuz-$release"
printf 'title The first (%s)\\nversion %s\\nlinux /vmlinuz-%s\\noptions ro\\n' "$release" "$release" "$release" > "/boot/loader/entries/lab-$release.conf"
/usr/local/sbin/grubby "--set-default=/boot/vmlinuz-$release"
echo 'GRUB_DEFAULT=saved' > /etc/default/grub
cat > /etc/systemd/system/lab-boot-loader.service << 'END'
[Unit]
DefaultDependencies=no
Before=ssh.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/lab-boot-loader boot
[Install]
WantedBy=multi-user.target
END
systemctl enable -q lab-boot-loader.service`;
