# shellcheck shell=sh
# version_fits WISH VERSION: whether a version that is there, as the package manager writes it, is the one that a person named. Epoch and
# release may be left out, for what people know is what its makers call it: 28.1.1 and 28.1.1-1.el9 are 3:28.1.1-1.el9. The twin of
# versionFits in wish.ts.

version_fits() {
  without_epoch=$2
  case "$2" in [0-9]*:*) case "${2%%:*}" in *[!0-9]*) ;; *) without_epoch=${2#*:} ;; esac ;; esac
  for form in "$2" "$without_epoch" "${2%-*}" "${without_epoch%-*}"; do
    [ "$1" != "$form" ] || return 0
  done
  return 1
}

# fitting_version WISH VERSIONS: prints the first of these lines that is it; fails where none is.
fitting_version() {
  for version in $2; do
    version_fits "$1" "$version" || continue
    printf '%s\n' "$version"
    return
  done
  return 1
}
