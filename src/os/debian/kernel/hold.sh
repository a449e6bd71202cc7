# shellcheck shell=sh
# The kernel that runs is what every boot takes, also once others are installed: without this the newest one is.
# include: ./menu.sh

settings=/etc/default/grub.d/zz-kinit.cfg

for command in update-grub grub-set-default grub-reboot grub-probe grub-editenv; do
  command -v "$command" > /dev/null && continue
  echo "this host does not boot through GRUB ($command is not there): change its kernel by hand" >&2
  exit 1
done

# A choice for one boot is written down in a file that GRUB itself must be able to change (grub-reboot(8)).
below=$(grub-probe --target=abstraction /boot/grub 2> /dev/null)
kind=$(grub-probe --target=fs /boot/grub 2> /dev/null)
case "$below$kind" in
  ext2 | xfs | fat) ;;
  *)
    echo "GRUB cannot try a kernel for one boot on this host: /boot lies on ${below:+$below, }$kind. Change its kernel by hand" >&2
    exit 1
    ;;
esac

# Seconds after which a kernel that panics, or finds no root file system, boots again: into the one from before.
mkdir -p "${settings%/*}" || exit 1
cat > "$settings" << 'END' || exit 1
# Written by kinit: a kernel becomes the default once it has been seen to boot.
GRUB_DEFAULT=saved
GRUB_SAVEDEFAULT=false
GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX panic=30"
END

said=$(update-grub 2>&1) || {
  printf 'update-grub failed:\n%s\n' "$said" >&2
  exit 1
}
entry=$(entry_of "$(uname -r)") && grub-set-default "$entry" && forget_trial
