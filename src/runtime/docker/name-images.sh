# shellcheck shell=sh
# Gives images the references they lack. There are no pins to set.
# "$@" = one argument an image: 'DIGEST pinned REFERENCE...' or 'DIGEST - REFERENCE...', DIGEST being the image's id; a DIGEST
# of - takes any
# include: ./docker.sh
# include: ../cri-tools/missing-images.sh

id_of() {
  printf '%s\n' "$have" | awk -v ref="$1" '$1 == ref { print $2; exit }'
}

# DIGEST PINNED REFERENCE...
name_image() {
  id=$1
  shift 2
  for ref in "$@"; do
    [ "$id" != - ] || id=$(id_of "$ref")
    [ -n "$id" ] || id=-
  done
  [ "$id" != - ] || return 0
  for ref in "$@"; do
    [ "$(id_of "$ref")" = "$id" ] || engine 60 tag "$id" "$ref" || exit 1
  done
}

have=$(tagged_images) || exit 1
for image in "$@"; do
  # shellcheck disable=SC2086 # its words; references and digests have no characters that a shell would expand
  name_image $image
done
have=$(tagged_images) || exit 1
images_are_there "$have" "$@"
