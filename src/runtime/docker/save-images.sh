# shellcheck shell=sh
# Notes the images of an engine that was in use before kinit came. Elsewhere they go with /var/lib/docker.
# "$D" = folder of the undo journal's entry
# include: ./docker.sh

if [ -S "$SOCKET" ]; then
  images=$(tagged_images) || exit 1
  [ -z "$images" ] || printf '%s\n' "$images" | cut -d ' ' -f 1 > "$D/images"
fi
