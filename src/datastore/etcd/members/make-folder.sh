# shellcheck shell=sh
# Makes the folder of a member's data, as etcd itself would.
# $1 = the folder

umask 077
mkdir -p -- "$1"
