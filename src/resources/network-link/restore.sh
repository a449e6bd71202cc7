# shellcheck shell=sh
# Makes a link again as save.sh noted it in "$D", and tells of one that it cannot make.
# $1 = name

# kind_of: the words that make one like it.
kind_of() {
  case " $1 " in
    *' bridge '*) echo bridge ;;
    *' dummy '*) echo dummy ;;
    *' vxlan '*)
      printf '%s\n' "$1" | sed -n -E 's/.* vxlan (id [0-9]+).*/vxlan \1/p' | tr '\n' ' '
      for word in 'local' dev dstport; do printf '%s\n' "$1" | sed -n -E "s/.* vxlan .* ($word [^ ]+).*/\\1/p" | tr '\n' ' '; done
      case "$1" in *' nolearning '*) echo nolearning ;; esac
      ;;
  esac
}

[ -s "$D/details" ] && [ ! -e "/sys/class/net/$1" ] || exit 0
# shellcheck disable=SC2046 # words
set -- "$1" $(kind_of "$(tr '\134' ' ' < "$D/details")")
if [ $# -lt 2 ]; then
  echo "the network link $1 is not made again: kinit does not know its kind"
  exit 0
fi
name=$1
shift
ip link add "$name" type "$@" || exit 1
{ read -r mtu && read -r address; } < "$D/numbers"
ip link set "$name" mtu "$mtu" address "$address" || exit 1
while read -r each; do
  ip addr add "$each" dev "$name" || exit 1
done < "$D/addresses"
case "$(head -n 1 < "$D/details")" in *[,\<]UP[,\>]*) ip link set "$name" up ;; esac
