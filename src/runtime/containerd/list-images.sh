# shellcheck shell=sh
# Prints the images of the CRI: 'REFERENCE DIGEST pinned', or '-' for one that the kubelet's garbage collection may take.
# include: ./ctr.sh

[ -S "$SOCKET" ] || exit 0
# Columns: REF TYPE DIGEST SIZE UNIT PLATFORMS LABELS
k8s_images 30 ls | awk 'NR > 1 { print $1, $3, ($0 ~ /io\.cri-containerd\.pinned=pinned/ ? "pinned" : "-") }'
