# shellcheck shell=sh
# "$1" = program of sed -E, the rest = files
# include: ../../../shell/lib/sed-file.sh

program=$1
shift
for path in "$@"; do
  echo "exchanging addresses in $path"
  sed_file "$path" "$program"
done
