# shellcheck shell=sh
# each_archive SIZE...: gives archives that come on standard input, one after the other, to load_one, one each. Fails at the first
# that it fails with. Needs load_one, which reads an archive from standard input.

# head takes exactly one archive's bytes off the stream. Who reads one stops at the end of the tar, before its padding: what is
# left is drained, or the next archive would start too early.
each_archive() {
  for size in "$@"; do
    head -c "$size" | {
      load_one
      result=$?
      cat > /dev/null
      exit "$result"
    } || return 1
  done
}
