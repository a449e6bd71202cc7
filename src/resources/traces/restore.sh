# shellcheck shell=sh
# Removes what a cluster left on a host, but nothing of what save.sh noted in "$D". What does not go is told, and ends
# this with code 1 after all else is done.
# $1 = the marker, $2 = CIDR of the pods, or empty; the others = what a cluster makes: link=NAME, table=FAMILY NAME,
# chain=PREFIX of names, address=ADDRESS, path=PATH, and mount=PATTERN for what the runtime mounts
# STOP_PODS = sh text of the runtime that stops and removes all pods; it says what it could not, and ends with code 1
# include: ../../shell/lib/host-path.sh
# include: ../../shell/lib/clear-folder.sh
# include: ../../shell/lib/network-online.sh
# include: kernel-settings.sh
# include: kubelet.sh
# include: unmount.sh
# include: remove-cgroups.sh
# include: remove-network.sh

LC_ALL=C
export LC_ALL
failed=0

bad() {
  echo "$1"
  failed=1
}

was_there() { grep -qxF -e "$2" "$D/$1" 2> /dev/null; }

remove_path() {
  list=$D/contents.$2
  [ -e "$list" ] || list=
  if [ -d "$1" ] && { [ ! -L "$1" ] || [ -n "$list" ]; }; then
    clear_folder "$1" "$list" || bad "$1 could not be emptied"
  fi
  ! was_there paths "$1" || return 0
  if [ -d "$1" ] && [ ! -L "$1" ]; then
    rmdir -- "$1" 2> /dev/null
  else
    rm -f -- "$1" || bad "$1 could not be removed"
  fi
}

remove_paths() {
  number=0
  for each in "$@"; do
    case "$each" in path=*) ;; *) continue ;; esac
    number=$((number + 1))
    remove_path "${each#path=}" "$number"
  done
}

marker=$1
shift
retire_kubelet
# Not by `sh -c`: the text, which speaks of the runtime's processes, would be in the command line of a process itself.
eval "$STOP_PODS" || failed=1
unmount_cluster "$@"
remove_cgroups
remove_network "$@"
remove_paths "$@"
restore_kernel_settings
restore_network_online
[ "$failed" -ne 0 ] || rm -f -- "$marker"
exit "$failed"
