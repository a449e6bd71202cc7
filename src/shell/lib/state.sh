# shellcheck shell=sh
# write_state FILE LINE: notes one line in kinit's own folder of the host, which only root may read.

write_state() {
  (umask 077; mkdir -p -- "${1%/*}") && printf '%s\n' "$2" > "$1"
}
