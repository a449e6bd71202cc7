# shellcheck shell=sh
# Makes the disk of a host: boot loader, and one partition with a file system of all its layers. Runs in a mount namespace of its own.
# "$1" = layers below its own files, "$2" = folder with "upper" (its own files), "$3" = image to make, "$4" = MiB.

set -eu
layers=$1 disk=$2 image=$3 size=$4
mkdir "$disk/work" "$disk/root"
mount -t overlay overlay -o "lowerdir=$layers,upperdir=$disk/upper,workdir=$disk/work" "$disk/root"

truncate -s "${size}M" "$image"
echo 'start=2048, type=83, bootable' | sfdisk -q "$image"
# Boot code without the table of partitions behind it; the rest of the loader lies between that and the first partition.
dd if="$disk/root/boot/grub/i386-pc/boot.img" of="$image" bs=440 count=1 conv=notrunc status=none
dd if="$disk/root/boot/grub/i386-pc/core.img" of="$image" bs=512 seek=1 conv=notrunc status=none
mkfs.ext4 -q -E offset=$((2048 * 512)) -d "$disk/root" "$image" "$(((size - 1) * 1024))k"
