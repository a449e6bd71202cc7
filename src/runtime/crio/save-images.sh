# shellcheck shell=sh
# Notes the images of a CRI-O (or podman) that was in use before kinit came. Elsewhere they go with /var/lib/containers.
# "$D" = folder of the undo journal's entry
# include: ../cri-tools/images.sh

if [ -s /var/lib/containers/storage/overlay-images/images.json ] && [ -S /run/crio/crio.sock ]; then
  cri_images /run/crio/crio.sock | cut -d ' ' -f 1 > "$D/images" || exit 1
fi
