# shellcheck shell=sh
# Puts what a machine boots with over a root file system: kernel, its first file system, boot loader. Runs on this machine, in a mount
# namespace of its own.
# ROOTFS = the root file system, LAYER = folder to make "upper" in, KERNEL = package, ARGUMENTS = words for the kernel, DEVICE =
# the disk's partition as the host sees it, RESOLV_CONF = text of that file while packages are fetched.

set -eu
mkdir "$LAYER/upper" "$LAYER/work" "$LAYER/root"
mount -t overlay overlay -o "lowerdir=$ROOTFS,upperdir=$LAYER/upper,workdir=$LAYER/work" "$LAYER/root"
mount -t proc proc "$LAYER/root/proc"
root=$LAYER/root

# Only what such a host needs: an emulated one takes minutes for all.
mkdir -p "$root/etc/initramfs-tools/conf.d" "$root/boot/grub"
printf 'MODULES=list\nCOMPRESS=gzip\n' > "$root/etc/initramfs-tools/conf.d/lab"
printf '%s\n' virtio_pci virtio_blk virtio_net ext4 > "$root/etc/initramfs-tools/modules"

# Without a daemon that would hear of them, devices need not be told again at boot.
ln -sf /dev/null "$root/etc/systemd/system/systemd-udev-trigger.service"

printf '%s' "$RESOLV_CONF" > "$root/etc/resolv.conf"
export DEBIAN_FRONTEND=noninteractive
chroot "$root" apt-get update -q || true
chroot "$root" apt-get -o APT::Keep-Downloaded-Packages=false install -y --no-install-recommends \
  "$KERNEL" initramfs-tools grub-pc-bin grub2-common
rm "$root/etc/resolv.conf"

# What grub-install writes into a disk (grub-install(8)), and the first menu; update-grub on the host makes the next.
cp -r "$root/usr/lib/grub/i386-pc" "$root/boot/grub/"
chroot "$root" grub-mkimage -O i386-pc -p '(hd0,msdos1)/boot/grub' -o /boot/grub/i386-pc/core.img biosdisk part_msdos ext2
chroot "$root" grub-editenv /boot/grub/grubenv create
mkdir -p "$root/etc/default"
cat > "$root/etc/default/grub" << GRUB
GRUB_DEFAULT=0
GRUB_TIMEOUT=1
GRUB_DISTRIBUTOR=Debian
GRUB_CMDLINE_LINUX_DEFAULT=""
GRUB_CMDLINE_LINUX="$ARGUMENTS"
GRUB_TERMINAL=serial
GRUB

release=
for image in "$root"/boot/vmlinuz-*; do release=${image#*/vmlinuz-}; done
cat > "$root/boot/grub/grub.cfg" << MENU
serial --unit=0 --speed=115200
terminal_input serial
terminal_output serial
linux /boot/vmlinuz-$release root=$DEVICE ro $ARGUMENTS
initrd /boot/initrd.img-$release
boot
MENU
printf '%s / ext4 errors=remount-ro 0 0\n' "$DEVICE" > "$root/etc/fstab"

umount "$root/proc" "$root"
rmdir "$root"
