# shellcheck shell=sh
# Prints the images of the CRI: 'REFERENCE DIGEST pinned', or '-' for one that the kubelet's garbage collection may take.
# include: ../cri-tools/images.sh

SOCKET=/run/crio/crio.sock

[ -S "$SOCKET" ] || exit 0
cri_images "$SOCKET"
