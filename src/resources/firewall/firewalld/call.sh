# shellcheck shell=sh
# call WORDS: asks firewalld by firewall-cmd, WORDS being its options.

call() {
  # shellcheck disable=SC2086 # words, without spaces in them
  timeout 60 firewall-cmd -q $1
}

# what_of WORDS: without the place where it is changed, for people.
what_of() {
  what=${1#--permanent }
  printf '%s\n' "${what#--zone=* }"
}
