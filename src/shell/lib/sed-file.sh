# shellcheck shell=sh
# sed_file PATH EXPRESSION: runs `sed -E` over a file that belongs to somebody else (the file itself where the path is a
# link): beside it, onto the disk, into place. `sed -i` does not sync, so that a power cut could leave an empty
# /etc/fstab. Ends the script with code 1 when it fails.
# include: sync.sh

sed_file() {
  file=$(readlink -f -- "$1")
  rm -f -- "$file.kinit-new"
  cp -a -- "$file" "$file.kinit-new" &&
    sed -E "$2" < "$file" > "$file.kinit-new" &&
    sync_file "$file.kinit-new" &&
    mv -f -T -- "$file.kinit-new" "$file" || exit 1
}
