# shellcheck shell=sh
# Packages that the plugin versionlock keeps at their version: a line of its list each, NAME-EPOCH:VERSION-RELEASE.ARCH in
# whatever form; '!' before it keeps a version out, '#' is a comment.
# include: ../../../shell/lib/die.sh
# include: ../../../shell/lib/sed-file.sh

# Prints the list's path: dnf's, else yum's; nothing where neither plugin is there.
lock_list() {
  for conf in /etc/dnf/plugins/versionlock.conf /etc/yum/pluginconf.d/versionlock.conf; do
    [ -e "$conf" ] || continue
    list=$(sed -n 's/^locklist *= *//p' "$conf")
    echo "${list:-${conf%.conf}.list}"
    return
  done
}

# lock_version NAME: at the version that is there. The plugin's own command would write a comment too, which stays.
lock_version() {
  list=$(lock_list)
  [ -n "$list" ] || die "$1 cannot be kept at its version: the plugin versionlock is not there"
  case "$list" in
    /etc/yum/*) form='%|EPOCH?{%{EPOCH}}:{0}|:%{NAME}-%{VERSION}-%{RELEASE}.*\n' ;;
    *) form='%{NAME}-%|EPOCH?{%{EPOCH}}:{0}|:%{VERSION}-%{RELEASE}.*\n' ;;
  esac
  line=$(rpm -q --qf "$form" -- "$1") && printf '%s\n' "$line" >> "$list" || die "$1 could not be put on the list of versionlock ($list)"
}

# is_locked NAME: whether the list names it. dnf writes NAME-EPOCH:VERSION, yum EPOCH:NAME-VERSION.
is_locked() {
  list=$(lock_list)
  [ -n "$list" ] && [ -e "$list" ] || return 1
  sed 's/^[0-9]*://; /^[#!]/d' "$list" | while IFS= read -r line; do
    case "$line" in
      "$1"-*) rest=${line#"$1"-} ;;
      *) continue ;;
    esac
    # What follows a name begins with a digit, or is any version; socat-doc-1.7 is not socat.
    case "$rest" in [0-9*]*) echo yes ;; esac
  done | grep -q yes
}

is_held() { is_locked "$1"; }

# release NAME...
release() {
  for name in "$@"; do
    is_locked "$name" || continue
    sed_file "$(lock_list)" "/^([0-9]+:)?$(printf '%s' "$name" | sed 's/[.+]/\\&/g')-[0-9*]/d" || die "$name could not be taken off the list of versionlock"
  done
}
