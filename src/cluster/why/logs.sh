# shellcheck shell=sh
# What kubelet and system containers say. Logs are read as files: that works also when the container runtime does not.
# "$1" = seconds since 1970 by the host's clock: older lines are not asked for; nor are those from before the kubelet's
# configuration was written: they are another start's.
# "$2"... = names of components: of those that are services, the journal is asked, from when they were written last.
# Prints the kubelet's state as KEY=VALUE; '=== kinit journal' and its journal; for each log of a container
# '=== kinit NAME [SECONDS]' and its lines, SECONDS being when a static pod's configuration was written; for each service
# '=== kinit NAME service' and its lines.

mark='=== kinit'
# What is dated later was written while the clock was wrong: it is not of now.
now=$(($(date +%s) + 1))
manifests=/etc/kubernetes/manifests

# configured: when the last file was written that the kubelet starts from, its certificates too: one whose own had ended may have taken
# the new one by itself, before it was started anew; 0 where there is none.
configured() {
  stat -c %Y /var/lib/kubelet/config.yaml /var/lib/kubelet/kubeadm-flags.env /etc/systemd/system/kubelet.service \
    /etc/kubernetes/kubelet.conf /var/lib/kubelet/pki/kubelet-client-first.pem /var/lib/kubelet/pki/kubelet.crt 2> /dev/null | sort -n | tail -n 1
}

# kubelet SINCE
kubelet() {
  since=$(configured)
  if [ "${since:-0}" -lt "$1" ] || [ "${since:-0}" -gt "$(date +%s)" ]; then since=$1; fi
  journal=$(timeout 15 journalctl -u kubelet --no-pager -q -o cat -n 2000 --since "@$since" --until "@$now" 2> /dev/null)
  systemctl show -p ActiveState -p SubState -p NRestarts kubelet
  # NRestarts is of all time since somebody started it (and systemd before 235 has none): these are since then.
  echo "restarts=$(printf '%s\n' "$journal" | grep -ci 'schedul[a-z]* restart')"
  echo "$mark journal"
  printf '%s\n' "$journal" | tail -n 400
}

# written NAME: when the last file was written that a static pod is made from.
written() {
  if [ -e "$manifests/$1.yaml" ]; then
    stat -c %.Y "$manifests/$1.yaml" /etc/kubernetes/*.yaml | sort -n | tail -n 1
  fi
}

# logs FOLDER NAME SINCE: the beginning of a log holds a start that failed at once, its end one that failed later.
logs() {
  changed=$(written "$2")
  for file in $(find "$1" -maxdepth 1 -name '*.log' -newermt "@${changed:-$3}" | sort -V); do
    echo
    echo "$mark $2 $changed"
    head -n 30 "$file"
    tail -n 60 "$file"
  done
}

# containers SINCE
containers() {
  seen=' '
  # shellcheck disable=SC2012,SC2045
  for folder in $(ls -dt /var/log/pods/kube-*_*/*/ 2> /dev/null); do
    folder=${folder%/}
    name=${folder##*/}
    # The newest of each name: an older one is a pod that is on its way out.
    case $seen in *" $name "*) continue ;; esac
    seen="$seen$name "
    # A pod of the manifest before this one.
    if [ "$manifests/$name.yaml" -nt "${folder%/*}" ]; then continue; fi
    logs "$folder" "$name" "$1"
  done
}

# start_of NAME SINCE: the first second in which a service can have started from what is written now.
start_of() {
  changed=$(stat -c %Y "/etc/systemd/system/$1.service" /etc/kubernetes/*.yaml 2> /dev/null | sort -n | tail -n 1)
  changed=$((${changed:-0} + 1))
  if [ "$changed" -gt "$2" ] && [ "$changed" -le "$(date +%s)" ]; then echo "$changed"; else echo "$2"; fi
}

# services SINCE NAME...
services() {
  begun=$1
  shift
  for name in "$@"; do
    [ -e "/etc/systemd/system/$name.service" ] || continue
    since=$(start_of "$name" "$begun")
    echo
    echo "$mark $name service"
    timeout 15 journalctl -u "$name" --no-pager -q -o cat -n 200 --since "@$since" --until "@$now" 2> /dev/null
  done
}

kubelet "$1"
containers "$1"
services "$@"
exit 0
