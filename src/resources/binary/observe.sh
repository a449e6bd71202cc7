# shellcheck shell=sh
# Prints of a program that is installed sha256, mode, owner and, where its hash did not have to be reckoned,
# stamped=yes; staged=SHA256 of one that was brought to be installed later; and link=PATH TARGET of every link that is there.
# $1 = path of the program, $2 = stamp of the last installation, $3 = where one would be staged; the others = links
# include: ../../shell/lib/absent.sh
# include: ../../shell/lib/sha256.sh
# include: fingerprint.sh

program=$1
stamp=$2
staged=$3
shift 3

print_program() {
  sha256=
  hashed=
  [ ! -r "$stamp" ] || read -r sha256 hashed < "$stamp"
  if [ -n "$sha256" ] && [ "$hashed" = "$(fingerprint "$program")" ]; then
    echo stamped=yes
  else
    sha256=$(sha256_of "$program") || exit 1
  fi
  echo "sha256=$sha256"
  stat -c 'mode=%a
owner=%u:%g' -- "$program" || exit 1
}

if [ -f "$program" ] && [ ! -L "$program" ]; then
  print_program
elif [ ! -e "$program" ] && [ ! -L "$program" ]; then
  must_be_absent "$program"
fi
if [ -f "$staged" ] && [ "$staged" != "$program" ]; then
  digest=$(sha256_of "$staged") || exit 1
  echo "staged=$digest"
fi
if [ $# -gt 0 ]; then
  find "$@" -maxdepth 0 -type l -printf 'link=%p %l\n' 2> /dev/null
fi
:
