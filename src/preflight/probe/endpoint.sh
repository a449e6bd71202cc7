# shellcheck shell=sh
# Whether a name is known on this host, and, where wanted, whether something accepts connections there.
# $1 = name or address, $2 = port, $3 = yes|no: connect, $4 = seconds for each
# Prints 'resolved ADDRESS...', 'unresolved' or 'late'; then 'reached', 'timeout' or 'failed' where it connected.
# (What programs of the host get: /etc/hosts, DNS, and what else nsswitch.conf names.)

found=$(timeout "$4" getent ahosts "$1")
case $? in
  0) echo "resolved $(printf '%s\n' "$found" | sed 's/ .*//' | sort -u | head -n 4 | tr '\n' ' ')" ;;
  124 | 143) echo late && exit 0 ;;
  *) echo unresolved && exit 0 ;;
esac
[ "$3" = yes ] && command -v bash > /dev/null || exit 0
# shellcheck disable=SC2016 # bash's own
timeout "$4" bash --norc -c 'exec 3<> "/dev/tcp/$0/$1"' "$1" "$2" 2> /dev/null
case $? in
  0) echo reached ;;
  124 | 143) echo timeout ;;
  *) echo failed ;;
esac
