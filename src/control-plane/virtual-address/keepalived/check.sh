# shellcheck shell=sh
# Whether this host may have the virtual address: its API server is ready, and has the time that most have; or no other one is ready. (Checks
# that fail everywhere, under much load, must not lead to an address that nobody has.) An API server whose clock is wrong is ready, too,
# and refuses who shows what was made after its time, or has ended by it. It runs in the pod.
# $1 = host:port of this host's API server; the others = those of the other control planes

# seconds DAY MONTH YEAR HH:MM:SS: since a day long ago; - for what is no date.
seconds() {
  year=$3
  case "$2" in
    Mar) month=0 ;; Apr) month=1 ;; May) month=2 ;; Jun) month=3 ;; Jul) month=4 ;; Aug) month=5 ;; Sep) month=6 ;;
    Oct) month=7 ;; Nov) month=8 ;; Dec) month=9 ;; Jan) month=10 ;; Feb) month=11 ;;
    *) year= ;;
  esac
  case "$1:$year:$4" in
    [0-9][0-9]:[0-9][0-9][0-9][0-9]:[0-9][0-9]:[0-9][0-9]:[0-9][0-9]) ;;
    *) echo - && return ;;
  esac
  # A year begins with March, so that a leap day is its last.
  [ "$month" -lt 10 ] || year=$((year - 1))
  days=$((365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + ${1#0}))
  hours=${4%%:*} rest=${4#*:}
  minutes=${rest%:*} left=${rest#*:}
  echo $((((days * 24 + ${hours#0}) * 60 + ${minutes#0}) * 60 + ${left#0}))
}

# says NUMBER HOST:PORT: where it answers, a line of the number and its time. 401 and 403 too, of one that lets nobody ask without
# credentials.
says() {
  printf 'GET /readyz HTTP/1.0\r\n\r\n' | timeout 2 socat -t 2 - "OPENSSL:$2,verify=0" 2> /dev/null | {
    read -r _ code _ || exit 1
    case "$code" in
      200 | 401 | 403) ;;
      *) exit 1 ;;
    esac
    time=-
    while read -r name _ day month year clock _; do
      case "$name" in
        [Dd]ate:) time=$(seconds "$day" "$month" "$year" "$clock") ;;
      esac
    done
    echo "$1 $time"
  }
}

# All at once: one that is silent holds up none.
answers=$(
  number=0
  for server in "$@"; do
    number=$((number + 1))
    says "$number" "$server" &
  done
  wait
)
own=$(echo "$answers" | while read -r number time; do [ "$number" != 1 ] || echo "$time"; done)
others=0 unlike=0
while read -r number time; do
  case "$number" in '' | 1) continue ;; esac
  others=$((others + 1))
  case "$own:$time" in :* | *-*) continue ;; esac
  off=$((own - time))
  # As far as the balancer on the nodes lets it be.
  [ "${off#-}" -le 90 ] || unlike=$((unlike + 1))
done << EOF
$answers
EOF
[ "$others" != 0 ] || exit 0
[ -n "$own" ] || exit 1
[ $((unlike * 2)) -le $# ] || exit 1
exit 0
