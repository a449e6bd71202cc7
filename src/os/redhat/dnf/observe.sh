# shellcheck shell=sh
# Prints 'installed=NAME' and 'version=NAME VERSION' for the packages that are, or that one which is there provides, and
# 'held=NAME' for those on the list of versionlock. VERSION is VERSION-RELEASE, with the epoch before it where there is one.
# "$@" = names
# include: ../../../shell/lib/die.sh
# include: ./version-lock.sh

rpm -q rpm > /dev/null 2>&1 || rpm -qa > /dev/null 2>&1 || die 'rpm could not read what is installed'
for name in "$@"; do
  if is_locked "$name"; then echo "held=$name"; fi
  version=$(rpm -q --whatprovides --qf '%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\n' -- "$name" 2> /dev/null) || continue
  echo "installed=$name"
  echo "version=$name $(printf '%s\n' "$version" | head -n 1)"
done
