# shellcheck shell=sh
# Removes the images that came since save-images.sh.
# "$D" = folder of the undo journal's entry
# include: ./docker.sh

[ -e "$D/images" ] && [ -S "$SOCKET" ] || exit 0
tagged_images | cut -d ' ' -f 1 | grep -vxF -f "$D/images" | while IFS= read -r ref; do
  engine 60 rmi -- "$ref" > /dev/null || echo "the image $ref could not be removed"
done
