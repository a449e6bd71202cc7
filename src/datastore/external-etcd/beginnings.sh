# shellcheck shell=sh
# Reads everything below a path of an etcd outside of the cluster, and says what does not begin as it shall, as that of a member does.
# $1 to $4 as in client.sh, $5 = the path, with a slash at its end, $6 = what begins otherwise than this is no matter ('': all counts)
# the others = the beginnings, one of which each shall have
# include: ./mark/client.sh
# include: ../../shell/lib/die.sh

shift 3
# include: ../etcd/care/below.sh
