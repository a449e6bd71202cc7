# shellcheck shell=sh
# Writes one service's file and lets it read it.
# $1 = service, $2 = path, $3 = content, $4 = stamp for the digest of what it has read, $5 = digest
# include: ../../shell/lib/die.sh
# include: ../../shell/lib/state.sh
# include: services.sh

mkdir -p -- "${2%/*}" &&
  printf '%s' "$3" > "$2.kinit-new" &&
  chmod 0644 -- "$2.kinit-new" &&
  mv -f -T -- "$2.kinit-new" "$2" || exit 1
reload_links "$1" > /dev/null || die "$1 does not read $2; look at: journalctl -u $1"
write_state "$4" "$5"
