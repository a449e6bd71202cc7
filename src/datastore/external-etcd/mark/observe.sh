# shellcheck shell=sh
# Whose the keys below a prefix are: mark=OWNER, mark= where nobody has said so, nothing where etcd does not answer, or cannot be asked yet.
# $1 to $4 as in client.sh, $5 = key of the mark
# include: ./client.sh

command -v etcdctl > /dev/null && [ -f "$2" ] && [ -f "$3" ] && [ -f "$4" ] || exit 0
mark=$(ask get "$5" --print-value-only < /dev/null 2> /dev/null) || exit 0
echo "mark=$mark"
