# shellcheck shell=sh
# How a file is replaced: prepare FILE makes FILE.kinit-new beside it, with the same mode, owner and attributes; when
# that is filled, replace FILE puts it in its place. Both end the script with code 1 when they fail.
# include: ../../shell/lib/sync.sh

prepare() {
  rm -f -- "$1.kinit-new"
  if [ -e "$1" ]; then
    cp -a -- "$1" "$1.kinit-new"
  else
    (umask 022; mkdir -p -- "$(dirname -- "$1")" && : > "$1.kinit-new")
  fi || exit 1
}

replace() {
  sync_file "$1.kinit-new"
  mv -f -T -- "$1.kinit-new" "$1" 2> /dev/null || write_in_place "$1" || exit 1
}

# A bind-mounted file (containers do that with /etc/hosts) cannot be renamed over.
write_in_place() {
  cat < "$1.kinit-new" > "$1" && rm -f -- "$1.kinit-new"
}
