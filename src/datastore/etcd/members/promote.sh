# shellcheck shell=sh
# Makes the learner of this host a full member as soon as it has caught up. Prints 'voter' when it is one, else what is missing.
# $1 = its peer URL, $2 = URLs of members that may say so, for clients, comma separated
# include: ./client.sh

look "$2" || {
  echo 'no other member of etcd answers'
  exit 0
}
mine=$(line_of "$1")
case "$(field 2 "$mine") $(field 6 "$mine")" in
  'started false') echo voter ;;
  'started true')
    if ask member promote "$(field 1 "$mine")" > /dev/null 2>&1; then echo voter; else echo 'it is a learner that has not caught up yet'; fi
    ;;
  unstarted*) echo 'it has not started' ;;
  *) echo 'etcd does not have it among its members' ;;
esac
exit 0
