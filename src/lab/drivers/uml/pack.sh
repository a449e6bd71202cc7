# shellcheck shell=sh
# Makes the disk of a host: one file system of all its layers. Runs in a mount namespace of its own.
# "$1" = layers below its own files, "$2" = folder with "upper" (its own files), "$3" = its /var, "$4" = image to make, "$5" = MiB.

set -eu
layers=$1 disk=$2 var=$3 image=$4 size=$5
mkdir "$disk/work" "$disk/root"
mount -t overlay overlay -o "lowerdir=$layers,upperdir=$disk/upper,workdir=$disk/work" "$disk/root"
mount --bind "$var" "$disk/root/var"
# A new file is full of zeros: the journal need not be written.
mkfs.ext4 -q -E lazy_journal_init=1 -d "$disk/root" "$image" "${size}M"
