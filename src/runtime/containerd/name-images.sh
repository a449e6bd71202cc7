# shellcheck shell=sh
# Gives images the references they lack, and keeps the kubelet's garbage collection off pinned ones.
# "$@" = one argument an image: 'DIGEST pinned REFERENCE...' or 'DIGEST - REFERENCE...'; a DIGEST of - takes any
# include: ./ctr.sh
# include: ../../shell/lib/die.sh

# The reference itself, where it is there (with that digest).
ref_of() {
  printf '%s\n' "$have" | awk -v ref="$1" -v digest="$2" '$1 == ref && (digest == "-" || $2 == digest) { print $1; exit }'
}

# Some reference to what has that digest.
by_digest() {
  printf '%s\n' "$have" | awk -v digest="$1" '$2 == digest { print $1; exit }'
}

name_and_pin() {
  digest=$1
  pin=$2
  shift 2
  from=
  for ref in "$@"; do
    [ -n "$from" ] || from=$(ref_of "$ref" "$digest")
  done
  [ -n "$from" ] || from=$(by_digest "$digest")
  [ -n "$from" ] || missing "$1" "$digest"
  for ref in "$@"; do
    [ -n "$(ref_of "$ref" "$digest")" ] || k8s_images 120 tag --force "$from" "$ref" > /dev/null || exit 1
    [ "$pin" != pinned ] || k8s_images 120 label "$ref" io.cri-containerd.pinned=pinned > /dev/null || exit 1
  done
}

missing() {
  if [ "$2" = - ]; then die "the image $1 is not there after loading"; fi
  die "the image $1 is not there after loading with digest $2"
}

have="$(k8s_images 30 ls | awk 'NR > 1 { print $1, $3 }')" || exit 1
for image in "$@"; do
  # shellcheck disable=SC2086 # its words; references and digests have no characters that a shell would expand
  name_and_pin $image
done
