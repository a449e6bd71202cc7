# shellcheck shell=sh
# Keeps the lock: each line of standard input is a sign of life, 'release' gives it back and ends.
# FOLDER = where the lock lies, ID = whose it is.
# Ends with 3 when the lock is another's by now, with 4 when the input ends (a cut connection): then it is left to run out.
# include: ./guarded.sh

# obey WORD
obey() {
  read -r HELD_BY _ 2> /dev/null < "$FOLDER/lock" && [ "$HELD_BY" = "$ID" ] || exit 3
  if [ "$1" = release ]; then
    rm -f "$FOLDER/lock" "$FOLDER/beat" "$FOLDER/guard"
    rmdir "$FOLDER" 2> /dev/null
    exit 0
  fi
  now
  printf '%s %s\n' "$ID" "$NOW" > "$FOLDER/beat"
}

while IFS= read -r WORD; do
  guarded obey "$WORD" || exit $?
  [ "$WORD" != release ] || exit 0
done
exit 4
