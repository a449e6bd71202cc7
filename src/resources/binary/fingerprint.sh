# shellcheck shell=sh
# fingerprint FILE: size, time of last change of content in nanoseconds and inode of a file whose hash is known. Hashing
# 160 MB takes half a second at every run; this says whether it has to be done again.

fingerprint() { stat -c '%s %.9Y %i' -- "$1"; }

# fingerprints FILE...: 'PATH=FINGERPRINT' of each, and 'mode MODE UID:GID PATH'.
fingerprints() {
  stat -c '%n=%s %.9Y %i
mode %a %u:%g %n' -- "$@"
}
