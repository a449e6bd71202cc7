# shellcheck shell=sh
# Prints systemd's properties of a unit; revision=DIGEST: with what kinit started it last; hostname=NAME and renamed=yes|no:
# whether the host's name has been set since then; newer=FILE: a file it starts from that was written after its process was
# started.
# $1 = unit, $2 = the stamp with the revision, $3 = the stamp with the host name; empty: it is no matter; the others = files it
# starts from
# include: show-unit.sh
# include: ../../shell/lib/host-name.sh

# One that nobody noted the name for (an earlier kinit, kubeadm) is told by the clock, in seconds.
renamed_by_clock() {
  started=$(systemctl show -p ActiveEnterTimestamp -- "$1" | cut -d= -f2-)
  started=$(date -d "$started" +%s 2> /dev/null) && [ -n "$started" ] || return 1
  [ "$(stat -c %Y /etc/hostname 2> /dev/null || echo 0)" -gt "$started" ]
}

# name_noted UNIT STAMP
name_noted() {
  read -r name < /proc/sys/kernel/hostname
  echo "hostname=$name"
  now=$(host_name_now)
  if [ -r "$2" ]; then
    read -r noted < "$2"
    [ "$noted" = "$now" ] && echo renamed=no || echo renamed=yes
  elif renamed_by_clock "$1"; then
    echo renamed=yes
  else
    echo renamed=no
  fi
}

show_unit "$1" || exit 1
[ -z "$3" ] || name_noted "$1" "$3"
[ -n "$2" ] || exit 0
revision=
[ ! -r "$2" ] || read -r revision < "$2"
echo "revision=$revision"

# started PID: seconds since 1970, by the clock of now (proc(5): starttime is the 20th word behind the name, in ticks of
# a hundredth of a second since boot, as /proc/uptime counts).
started() {
  read -r words < "/proc/$1/stat" && read -r up _ < /proc/uptime || return 1
  # shellcheck disable=SC2086
  set -- ${words##*) }
  shift 19
  echo $(($(date +%s) - ${up%%.*} + $1 / 100))
}

pid=$(systemctl show -p MainPID -- "$1" | cut -d= -f2)
[ "${pid:-0}" -gt 0 ] || exit 0
since=$(started "$pid") || exit 0
shift 3
for file in "$@"; do
  written=$(stat -L -c %Y -- "$file" 2> /dev/null) || continue
  # One more second than the roundings above can be wrong by; what is written in the future tells nothing.
  if [ "$written" -gt $((since + 2)) ] && [ "$written" -le "$(date +%s)" ]; then
    echo "newer=$file"
    exit 0
  fi
done
