# shellcheck shell=sh
# Brings archives that come on standard input, one after the other, into CRI-O's storage. CRI-O sees them at once.
# "$@" = their sizes in bytes
# include: ../../shell/lib/host-path.sh
# include: ../images/each-archive.sh

# Beside the storage: /tmp may be small.
FOLDER=/var/lib/containers/kinit-import

load_one() {
  rm -rf "$FOLDER" && mkdir -p "$FOLDER" || return 1
  { tar -xf - -C "$FOLDER" && crio-import "$FOLDER"; } > /dev/null
}

each_archive "$@" || { rm -rf "$FOLDER"; exit 1; }
rm -rf "$FOLDER"
