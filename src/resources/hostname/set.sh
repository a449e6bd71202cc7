# shellcheck shell=sh
# Sets the host name, now and in /etc/hostname. hostnamectl needs D-Bus, which minimal hosts lack; what it does is done
# by hand then.
# $1 = name
# include: ../../shell/lib/sync.sh

store() {
  new=/etc/hostname.kinit-new
  printf '%s\n' "$1" > "$new" && chmod 644 "$new" && sync_file "$new" || return 1
  # Containers bind-mount the file, which cannot be renamed over: then its content is written in place.
  mv -f -T -- "$new" /etc/hostname 2> /dev/null || { cat < "$new" > /etc/hostname && rm -f -- "$new"; }
}

timeout 15 hostnamectl set-hostname -- "$1" > /dev/null 2>&1 || true
# Also where it says so already: a new file tells services that took up the name before (service/observe.sh).
store "$1" || exit 1
read -r running < /proc/sys/kernel/hostname
[ "$running" = "$1" ] || printf '%s\n' "$1" > /proc/sys/kernel/hostname
