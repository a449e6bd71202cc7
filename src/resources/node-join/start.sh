# shellcheck shell=sh
# Starts the kubelet and waits; ends with 3 where it does not start at all.
# $1 = stamp of its service resource, $2 = digest for it: joining must not mean starting twice
# the others = what wait-for-certificate.sh gets
# include: ../../shell/lib/state.sh

systemctl restart kubelet || exit 3
write_state "$1" "$2"
shift 2
# include: wait-for-certificate.sh
