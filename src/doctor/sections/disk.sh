# shellcheck shell=sh
# Room and inodes of the file systems a cluster fills, lines of df(1) after 'space' and 'inodes'; mounts after 'readonly'.

# table WORD OPTION: one line a file system.
table() {
  timeout 5 df "$2" / /var/lib /var/lib/kubelet /var/lib/containerd /var/lib/etcd /var/log /run |
    tail -n +2 | sort -u -k6 | sed "s/^/$1 /"
}

table space -Pk
table inodes -Pi
grep -E ' (/|/var[^ ]*) .*[ ,]ro[, ]' /proc/self/mounts | head -n 5 | sed 's/^/readonly /'
