# shellcheck shell=sh
# Writes a consistent copy of all that an etcd outside of the cluster has, as of one moment, and checks it. Prints what it holds, as JSON.
# $1 to $4 as in client.sh, $5 = file to write, $6 = seconds that this may take
# include: ../mark/client.sh
# include: ../../../shell/lib/die.sh
# include: ../../etcd/care/check-copy.sh

command -v etcdctl > /dev/null && command -v etcdutl > /dev/null ||
  die "Error: etcdctl and etcdutl are not on this host; kinit init brings them"
umask 077
rm -f -- "$5" "$5.part"
said=
rest=$1,
while [ -n "$rest" ]; do
  endpoint=${rest%%,*}
  rest=${rest#*,}
  export ETCDCTL_ENDPOINTS="$endpoint"
  # One member gives it, of what it has itself: one that most of the others do not answer may be far behind them.
  if answer=$(ask endpoint health 2>&1) && answer=$(timeout "$6" etcdctl snapshot save "$5" 2>&1); then
    check_copy "$5"
    exit
  fi
  rm -f -- "$5" "$5.part"
  said="$said$endpoint: $(words "$answer")
"
done
die "Error: $said"
