# shellcheck shell=sh
# Leads a running kubelet to another address of the API. First that address has to answer, and every API server that answers at all has
# to have a certificate for its host: the kubelet is at no time without an API.
# $1 = the kubelet's kubeconfig, $2 = the new URL, $3 = host in it, $4 = the CA that it trusts
# the others = URLs of the API servers behind it
# include: ../../shell/lib/host-path.sh
# include: ../../shell/lib/sync.sh

conf=$1
url=$2
name=$3
ca=$4
shift 4

# Credentials that nobody reads keep kubectl from asking for some.
ask() {
  timeout 10 kubectl --kubeconfig /dev/null --username kinit --password none --certificate-authority "$ca" "$@" \
    --request-timeout 5s get --raw /readyz 2>&1 < /dev/null
}

# Without credentials an API server may give no more than this answer.
well() { case $1 in ok | *Unauthorized* | *Forbidden* | *forbidden*) return 0 ;; *) return 1 ;; esac; }

answers() {
  said=$(ask --server "$url")
  well "$said" || { why="$url: $said"; return 1; }
  for member in "$@"; do
    said=$(ask --server "$member" --tls-server-name "$name")
    case $said in *x509* | *certificate*) why="$member: $said"; return 1 ;; esac
  done
}

looks=0
until answers "$@"; do
  looks=$((looks + 1))
  if [ "$looks" -ge 45 ]; then
    echo "it does not answer there: $(printf '%s' "$why" | tail -n 1 | cut -c1-300)" >&2
    exit 1
  fi
  # A line now and then shows that this goes on.
  echo "waiting for $url"
  sleep 2
done

new=$conf.kinit-new
rm -f -- "$new"
cp -p -- "$conf" "$new" || exit 1
sed "s|^\( *server: *\).*\$|\1$url|" "$conf" > "$new" || exit 1
sync_file "$new" || exit 1
mv -f -- "$new" "$conf" || exit 1
systemctl restart kubelet
