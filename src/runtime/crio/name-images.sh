# shellcheck shell=sh
# Sees that images are there by all their references: archives bring them along, and pins stand in CRI-O's configuration.
# "$@" = one argument an image: 'DIGEST pinned REFERENCE...' or 'DIGEST - REFERENCE...'; a DIGEST of - takes any
# include: ../cri-tools/images.sh
# include: ../cri-tools/missing-images.sh

lines=$(cri_images /run/crio/crio.sock) || exit 1
images_are_there "$lines" "$@"
