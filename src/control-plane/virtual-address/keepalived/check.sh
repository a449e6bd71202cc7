# shellcheck shell=sh
# Whether this host may have the virtual address: its API server is ready, or no other one is. (Checks that fail everywhere, under
# much load, must not lead to an address that nobody has.) It runs in the pod.
# $1 = host:port of this host's API server; the others = those of the other control planes

# answers HOST:PORT: 401 and 403 too, of one that lets nobody ask without credentials.
answers() {
  printf 'GET /readyz HTTP/1.0\r\n\r\n' | timeout 2 socat -t 2 - "OPENSSL:$1,verify=0" 2> /dev/null | {
    read -r _ code _ || exit 1
    case "$code" in
      200 | 401 | 403) exit 0 ;;
      *) exit 1 ;;
    esac
  }
}

own=$1
shift
! answers "$own" || exit 0
for other in "$@"; do
  ! answers "$other" || exit 1
done
exit 0
