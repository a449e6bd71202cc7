# shellcheck shell=sh
# Makes a repository of signed packages out of what its input, a tar archive, has: FOLDER/NAME.spec and, in FOLDER/NAME/, its files.
# Prints the repository as a tar archive; nothing of it stays on the host.
# "$1" = name of the key that signs, whose secret half is key.asc in the archive

set -eu
made=$(mktemp -d /tmp/kinit-rpm.XXXXXX)
trap 'gpgconf --homedir "$made/gnupg" --kill all; rm -rf "$made"' EXIT
cd "$made"
mkdir -m 0700 gnupg in out
tar -x -C in
export GNUPGHOME="$made/gnupg" HOME="$made"
for spec in in/*.spec; do
  name=$(basename "$spec" .spec)
  # Folders that the system has belong to it; others come and go with the package, as in Docker's own.
  (cd "in/$name" && find . -type d) | sed 's,^\.,,' | while IFS= read -r folder; do
    [ -e "$folder/" ] || printf '%%dir %s\n' "$folder"
  done >> "$spec"
  rpmbuild -bb --quiet --buildroot "$made/in/$name" --define "_topdir $made/build" --define "_rpmdir $made/out/Packages" \
    --define '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' --define '_binary_payload w.ufdio' \
    --define '__os_install_post %{nil}' --define '_build_id_links none' "$spec" > log 2>&1 || { cat log >&2; exit 1; }
done
{
  gpg --batch --quiet --import in/key.asc
  rpmsign --define '__gpg /usr/bin/gpg' --define "_gpg_name $1" --addsign out/Packages/*.rpm
  createrepo_c --quiet out
} > log 2>&1 || { cat log >&2; exit 1; }
tar -c -C out .
