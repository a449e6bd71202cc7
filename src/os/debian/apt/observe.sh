# shellcheck shell=sh
# Prints 'installed=NAME' and 'version=NAME VERSION' for the packages that are, 'held=NAME' for those on hold.
# "$@" = names
# include: ../../../shell/lib/die.sh

# shellcheck disable=SC2016 # the braces are dpkg-query's own
found=$(dpkg-query -W -f '${db:Status-Status} ${db:Status-Want} ${Package} ${Version}\n' -- "$@" 2> /dev/null)
# 1: it does not know one of them.
[ $? -le 1 ] || die 'dpkg-query could not read what is installed'
printf '%s\n' "$found" | while read -r status want name version; do
  [ "$want" != hold ] || echo "held=$name"
  [ "$status" = installed ] || continue
  echo "installed=$name"
  echo "version=$name $version"
done
