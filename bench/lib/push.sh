#!/bin/sh
# Puts files onto a host, one after the other, as a person does it with ssh alone.
# usage: push.sh SSH-CONFIGURATION HOST FOLDER-ON-THE-HOST FILE…
set -eu
config=$1 host=$2 folder=$3
shift 3
for file; do
  # shellcheck disable=SC2002 # It is what people type, and what the goal names.
  cat "$file" | timeout 600 ssh -F "$config" "$host" "cat > '$folder/${file##*/}'"
done
