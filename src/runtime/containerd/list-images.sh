# shellcheck shell=sh
# Prints the images of the CRI: 'REFERENCE DIGEST pinned', or '-' for one that the kubelet's garbage collection may take;
# nothing where containerd does not run. One that runs and does not answer ends it with code 1 and the reason.
# include: ./ctr.sh
# include: ../../shell/lib/die.sh

# Its socket may be left over.
not_listed() {
  [ "$1" -ne 124 ] || die 'containerd does not answer within 30 s (ctr images ls); look at journalctl -u containerd'
  state=$(timeout 30 systemctl show -p ActiveState -- containerd.service) || exit 1
  [ "$state" != ActiveState=active ] || die "$images"
  exit 0
}

[ -S "$SOCKET" ] || exit 0
images=$(k8s_images 30 ls 2>&1) || not_listed $?
# Columns: REF TYPE DIGEST SIZE UNIT PLATFORMS LABELS
printf '%s\n' "$images" |
  awk 'NR > 1 { print $1, $3, ($0 ~ /io\.cri-containerd\.pinned=pinned/ ? "pinned" : "-") }'
