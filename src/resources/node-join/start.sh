# shellcheck shell=sh
# Starts the kubelet and waits; ends with 3 where it does not start at all.
# $1, $2 = stamp of its service resource, and digest for it: joining must not mean starting twice
# $3 = stamp for the host name that it takes up
# the others = what wait-for-certificate.sh gets
# include: ../../shell/lib/host-name.sh
# include: ../../shell/lib/state.sh

named=$(host_name_now)
systemctl restart kubelet || exit 3
write_state "$1" "$2"
write_state "$3" "$named"
shift 3
# include: wait-for-certificate.sh
