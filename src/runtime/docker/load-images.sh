# shellcheck shell=sh
# Loads archives that come on standard input, one after the other: head takes exactly one archive's bytes off the stream.
# "$@" = their sizes in bytes
# include: ./docker.sh

# What the engine leaves of an archive (its padding) is drained, or the next would start too early.
load_one() {
  engine 1800 load -q > /dev/null
  result=$?
  cat > /dev/null
  return "$result"
}

for size in "$@"; do
  head -c "$size" | load_one || exit 1
done
