# shellcheck shell=sh
# Brings archives that come on standard input, one after the other, into CRI-O's storage: head takes exactly one archive's
# bytes off the stream. CRI-O sees them at once.
# "$@" = their sizes in bytes
# include: ../../shell/lib/host-path.sh

# Beside the storage: /tmp may be small.
FOLDER=/var/lib/containers/kinit-import

# tar stops reading at the end of the archive, before its padding: what is left is drained, or the next would start too early.
load_one() {
  rm -rf "$FOLDER" && mkdir -p "$FOLDER" || return 1
  { tar -xf - -C "$FOLDER" && crio-import "$FOLDER"; } > /dev/null
  result=$?
  cat > /dev/null
  return "$result"
}

for size in "$@"; do
  head -c "$size" | load_one || { rm -rf "$FOLDER"; exit 1; }
done
rm -rf "$FOLDER"
