# shellcheck shell=sh
# Prints 'uptime SECONDS', 'container' where the host is one (its kernel log is the machine's), and the kernel's words for
# lack of memory, broken disks and full tables.
# include: ../bounded.sh

trouble='Out of memory|oom-kill|Killed process|I/O error|blocked for more than|Remounting filesystem read-only'
trouble="$trouble|EXT4-fs error|XFS .*[Ee]rror|table full"

echo "uptime $(cut -d. -f1 /proc/uptime)"
if [ -e /run/systemd/container ]; then echo container; fi
said=$(in_time 5 dmesg) || exit 75
printf '%s\n' "$said" | grep -E "$trouble" | cut -c1-400 | tail -n 40
