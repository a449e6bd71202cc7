# shellcheck shell=sh
# Whether this host is a member: "data=yes|no" and "manifest=yes|no", then '=== members' and those that etcd has, where one answers.
# $1 = URLs of members, for clients, comma separated, $2 = folder of its log, $3 = its manifest
# include: ./client.sh

if has_log "$2"; then echo data=yes; else echo data=no; fi
echo "manifest=$(there "$3")"
# On a host that is being set up they come later.
command -v etcdctl > /dev/null && [ -s "$ETCDCTL_KEY" ] || exit 0
look "$1" || exit 0
echo '=== members'
printf '%s\n' "$list"
exit 0
