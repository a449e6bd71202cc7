# shellcheck shell=sh
# Room and inodes of the file systems a cluster fills, lines of df(1) after 'space' and 'inodes'; mounts after 'readonly'.
# "$@" = more folders
# include: ../bounded.sh

# table WORD OPTION FOLDER...: one line a file system.
table() {
  word=$1
  option=$2
  shift 2
  found=$(in_time 5 df "$option" / /var/lib /var/lib/kubelet /var/log /run "$@") || exit 75
  printf '%s\n' "$found" | tail -n +2 | sort -u -k6 | sed "s/^/$word /"
}

table space -Pk "$@"
table inodes -Pi "$@"
grep -E ' (/|/var[^ ]*) .*[ ,]ro[, ]' /proc/self/mounts | head -n 5 | sed 's/^/readonly /'
