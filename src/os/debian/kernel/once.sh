# shellcheck shell=sh
# The next boot takes the kernel "$1", that one alone.
# include: ./menu.sh

entry=$(entry_of "$1") && grub-reboot "$entry" && sync
