# shellcheck shell=sh
# our_packages: prints the packages named in "$D/packages" and those that came with them (packages-added in "$notes"), as far as
# they are still there; but those that a person holds, which are told on descriptor 3. Needs installed NAME, is_held NAME, release NAME..., and $held, where that stands.

# shellcheck disable=SC2154 # whoever includes this sets them
our_packages() {
  {
    cat < "$D/packages"
    # What else stands in a line is for its package manager.
    [ ! -e "$notes/packages-added" ] || cut -d' ' -f1 < "$notes/packages-added"
  } | sort -u | while read -r name; do
    installed "$name" || continue
    if is_held "$name"; then echo "$name stays: it is on $held" >&3; else printf '%s\n' "$name"; fi
  done
}

# release_ours: what kinit holds, in whichever of its runs, is held by no person.
release_ours() {
  [ -s "$notes/packages-held" ] || return 0
  # shellcheck disable=SC2046 # a word each
  release $(sort -u "$notes/packages-held")
  rm -f -- "$notes/packages-held"
}
