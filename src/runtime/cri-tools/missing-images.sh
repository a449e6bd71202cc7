# shellcheck shell=sh
# images_are_there LINES IMAGE...: whether what a runtime tells of (lines 'REFERENCE DIGEST,... PINNED') has every reference of
# these images, arguments of ImageStore.name; says on standard error which it has not, and ends the script with code 1.
# include: ../../shell/lib/die.sh

images_are_there() {
  have=$1
  shift
  for image in "$@"; do
    # shellcheck disable=SC2086 # its words; references and digests have no characters that a shell would expand
    image_is_there $image
  done
}

# DIGEST PINNED REFERENCE...
image_is_there() {
  digest=$1
  shift 2
  for ref in "$@"; do
    printf '%s\n' "$have" | awk -v ref="$ref" -v digest="$digest" \
      '$1 == ref && (digest == "-" || index("," $2 ",", "," digest ",")) { found = 1 } END { exit !found }' ||
      die "the image $ref is not there after loading (digest $digest)"
  done
}
