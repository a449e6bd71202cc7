# shellcheck shell=sh
# Whether members may leave etcd, or takes one out of it: never below the number that can decide. Run on the host of one that stays.
# `check` prints the peer URLs of those that leave and do not answer: they are taken out first, for the others count on them no more then.
# $1 = check|remove, $2 = URLs of members that stay, for clients, comma separated; the others = peer URLs of those that leave, of which
# `remove` takes out the first
# include: ./client.sh
# include: ../../../shell/lib/die.sh

what=$1 stay=$2
shift 2
look "$stay" || die "Error: no member of etcd that stays answers at $stay: without one nobody can be taken out"
leaving=" $* "
voters=0
well=0
ill=
# A read that needs no other member: of one that has lost the others it says that its process is there.
answers() {
  timeout 10 etcdctl --endpoints "${1:-none}" --dial-timeout 2s --command-timeout 4s get --consistency=s health > /dev/null 2>&1 < /dev/null
}
old_ifs=$IFS
IFS='
'
for line in $list; do
  IFS=$old_ifs
  peer=$(field 4 "$line")
  case $leaving in
    *" $peer "*)
      [ "$what" = remove ] || answers "$(field 5 "$line")" || printf '%s\n' "$peer"
      continue
      ;;
  esac
  [ "$(field 6 "$line")" = false ] || continue
  voters=$((voters + 1))
  if answers "$(field 5 "$line")"; then well=$((well + 1)); else ill="$ill $(field 3 "$line")"; fi
done
IFS=$old_ifs
needed=$((voters / 2 + 1))
[ "$voters" -gt 0 ] || die 'Error: no member of etcd would stay'
[ "$well" -ge "$needed" ] ||
  die "Error: of the $voters members of etcd that would stay $well answer, and $needed must, or it takes no writes any more; silent:$ill"
[ "$what" = remove ] || exit 0
mine=$(line_of "$1")
[ -n "$mine" ] || exit 0
said=$(ask member remove "$(field 1 "$mine")" 2>&1) || {
  look "$stay" && [ -z "$(line_of "$1")" ] || die "Error: ${said##*rror: }"
}
