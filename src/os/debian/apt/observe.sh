# shellcheck shell=sh
# Prints 'installed=NAME' for the packages that are.
# "$@" = names

# shellcheck disable=SC2016 # the braces are dpkg-query's own
dpkg-query -W -f '${db:Status-Status}=${Package}\n' -- "$@" 2> /dev/null || :
