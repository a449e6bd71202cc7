# shellcheck shell=sh
# Removes the images that came since save-images.sh.
# "$D" = folder of the undo journal's entry
# include: ./ctr.sh

[ -e "$D/images" ] && [ -S "$SOCKET" ] || exit 0
k8s_images 60 ls -q | grep -vxF -f "$D/images" | while IFS= read -r ref; do
  k8s_images 60 rm -- "$ref" > /dev/null || echo "the image $ref could not be removed"
done
