# shellcheck shell=sh
# Removes the packages named in "$D/packages" and those that came with them (packages-added), but none that something
# installed since then needs or that a person put on the list of versionlock; then installs again what they had pushed out
# (packages-removed). Configuration files that somebody changed go too, and keys of repositories that came with them.
# "$1" = folder of the notes that install.sh made
# include: ./dnf.sh
# include: ../../packages/ours.sh
# include: ../../packages/pushed-out.sh
# include: ./version-lock.sh

held='the list of versionlock'
installed() { rpm -q -- "$1" > /dev/null 2>&1; }

# needed_by NAME: packages that need it and are not among those that go.
needed_by() {
  rpm -e --test -- "$1" 2>&1 | sed -n 's/.* is needed by (installed) //p' | sort -u | while read -r other; do
    other=$(rpm -q --qf '%{NAME}' -- "$other")
    case " $removable " in
      *" $other "*) ;;
      *) printf '%s ' "$other" ;;
    esac
  done
}

# Sets "removable": ours without those that others need, one after the other until nothing changes.
choose_removable() {
  removable=$(printf '%s' "$ours" | tr '\n' ' ')
  changed=yes
  while [ -n "$changed" ]; do
    changed=
    for name in $removable; do
      others=$(needed_by "$name")
      [ -n "$others" ] || continue
      echo "$name stays: ${others}needs it"
      removable=$(printf '%s' " $removable " | sed "s/ $name / /")
      changed=yes
    done
  done
}

remove_packages() {
  rpm -qc -- "$@" 2> /dev/null | grep '^/' | while IFS= read -r file; do
    [ -e "$file.rpmsave" ] || printf '%s\n' "$file.rpmsave"
  done > "$D/saved-files"
  # No list is needed for it: a repository that is gone must not hinder.
  dnf_change remove --disablerepo='*' --setopt=clean_requirements_on_remove=False "$@" || package_failed "could not remove $*"
  while IFS= read -r file; do
    rm -f -- "$file"
    # What was in it kept rpm from removing the package's folder.
    rpm -qf -- "${file%/*}" > /dev/null 2>&1 || rmdir -- "${file%/*}" 2> /dev/null
  done < "$D/saved-files"
}

remove_keys() {
  [ -e "$notes/keys-added" ] || return 0
  sort -u "$notes/keys-added" | while read -r key; do
    ! installed "$key" || rpm -e --allmatches -- "$key" > "$log" 2>&1 || package_failed "could not remove $key"
  done || exit 1
  rm -f -- "$notes/keys-added"
}

notes=$1
release_ours
{ ours=$(our_packages); } 3>&1
choose_removable
# shellcheck disable=SC2086 # a word each
[ -z "${removable# }" ] || remove_packages $removable
bring_back
remove_keys
rm -f -- "$notes/packages-added"
