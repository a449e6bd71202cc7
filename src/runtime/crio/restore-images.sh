# shellcheck shell=sh
# Removes the images that came since save-images.sh.
# "$D" = folder of the undo journal's entry
# include: ../cri-tools/images.sh

SOCKET=/run/crio/crio.sock

[ -e "$D/images" ] && [ -S "$SOCKET" ] || exit 0
cri_images "$SOCKET" | cut -d ' ' -f 1 | grep -vxF -f "$D/images" | while IFS= read -r ref; do
  timeout 60 crictl -r "unix://$SOCKET" rmi "$ref" > /dev/null || echo "the image $ref could not be removed"
done
