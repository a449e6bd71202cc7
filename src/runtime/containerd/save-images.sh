# shellcheck shell=sh
# Notes the images of a containerd that was in use before kinit came. Elsewhere they go with /var/lib/containerd, which is
# faster.
# "$D" = folder of the undo journal's entry
# include: ./ctr.sh

content=/var/lib/containerd/io.containerd.content.v1.content/blobs
if [ -n "$(find "$content" -type f 2> /dev/null | head -n 1)" ]; then
  k8s_images 30 ls -q > "$D/images" || exit 1
fi
