# shellcheck shell=sh
# The kubelet starts pods again for as long as it runs, and at the next boot where it is enabled.
# "$D" is the folder of an entry in the undo journal.

# note_kubelet: notes whether the kubelet was enabled before the first cluster; what a later entry sees is kinit's own doing.
note_kubelet() {
  ! another_has_noted || return 0
  case "$(systemctl show -p UnitFileState -- kubelet.service)" in
    *=enabled) : > "$D/kubelet-enabled" ;;
  esac
}

another_has_noted() {
  for entry in "${D%/*}"/[0-9]*-traces-*; do
    [ ! -e "$entry" ] || return 0
  done
  return 1
}

# retire_kubelet: stops it, also for the next boot: a host that reboots in the middle of a reset would have all pods again, and
# what has been taken away already would be back with nothing left to take it away. One that was enabled before is only stopped.
retire_kubelet() {
  was_enabled_before || timeout 60 systemctl -q disable -- kubelet.service > /dev/null 2>&1 || :
  timeout 120 systemctl stop -- kubelet.service > /dev/null 2>&1 || :
}

# The oldest entry with traces, which has noted it, is undone as the last of them.
was_enabled_before() {
  for note in "${D%/*}"/[0-9]*-traces-*/kubelet-enabled; do
    [ ! -e "$note" ] || return 0
  done
  return 1
}
