# shellcheck shell=sh
# Prints 'installed=NAME' for the packages that are.
# "$@" = names
# include: ../../../shell/lib/die.sh

# shellcheck disable=SC2016 # the braces are dpkg-query's own
dpkg-query -W -f '${db:Status-Status}=${Package}\n' -- "$@" 2> /dev/null
# 1: it does not know one of them.
[ $? -le 1 ] || die 'dpkg-query could not read what is installed'
