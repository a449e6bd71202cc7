# shellcheck shell=sh
# Whether there is a member's data, or a place for them: "data=yes|no", "folder=yes|no", and "cluster=yes|no": whether there has been a cluster.
# $1 = folder of its log, $2 = its folder, $3 = the record of the cluster
# include: ./client.sh

if has_log "$1"; then echo data=yes; else echo data=no; fi
echo "folder=$(there "$2")"
echo "cluster=$(there "$3")"
