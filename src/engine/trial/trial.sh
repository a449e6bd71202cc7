# shellcheck shell=sh
# trial FOLDER PROGRAM NAME TAKEN ARG...: starts a program under a name, so that it reads its settings and starts nothing, in an empty folder
# below FOLDER that goes again; its configuration comes by standard input, for config.yaml. Prints taken=yes where it ended well or a line has TAKEN, taken=never where it
# could not be started, else taken=no; then what it said besides, a line each: said=...

below=$1
program=$2
name=$3
taken=$4
shift 4

folder=$(umask 077; mktemp -d -- "$below/trial.XXXXXX") || exit 1
trap 'rm -rf -- "$folder"' EXIT
trap 'exit 1' HUP INT TERM
cd "$folder" || exit 1
ln -s -- "$program" "$name" || exit 1
cat > config.yaml

# It looks at files and flags: what takes longer does something else. Its own settings by environment are no matter of the inventory.
timeout 60 env -i PATH="$PATH" HOME="$folder" "./$name" "$@" > out 2> said < /dev/null
code=$?

if [ "$code" -eq 126 ] || [ "$code" -eq 127 ]; then
  echo taken=never
elif [ "$code" -eq 0 ] || { [ -n "$taken" ] && grep -qF -e "$taken" said; }; then
  echo taken=yes
else
  echo taken=no
fi

# A program that was called wrongly prints all its flags, and says why before or behind them.
if [ -n "$taken" ]; then grep -vF -e "$taken" said > rest; else cat said > rest; fi
if [ "$(wc -l < rest)" -gt 40 ]; then
  head -n 20 rest
  tail -n 20 rest
else
  cat rest
fi | cut -c 1-600 | sed -n 's/^\(..*\)$/said=\1/p'
