# shellcheck shell=sh
# Removes the images that came since save-images.sh.
# "$D" = folder of the undo journal's entry
# include: ../cri-tools/images.sh

SOCKET=/run/crio/crio.sock

[ -e "$D/images" ] && [ -S "$SOCKET" ] || exit 0
# An image that had one of these names then stays, whatever names it has got since.
cri_images "$SOCKET" | awk '
  NR == FNR { had[$1]; next }
  $1 in had { stays[$2] }
  !($2 in first) { first[$2] = $1 }
  END { for (digest in first) if (!(digest in stays)) print first[digest] }
' "$D/images" - | while IFS= read -r ref; do
  timeout 60 crictl -r "unix://$SOCKET" rmi "$ref" > /dev/null || echo "the image $ref could not be removed"
done
