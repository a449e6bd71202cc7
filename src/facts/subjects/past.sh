# shellcheck shell=sh
# What a host carries from before, as the table of leftovers asks for it. One line an answer, fields separated by tabs:
#   now SECONDS; began SECONDS (kinit's first change here); recorded ID (of a thing it changed); before LINK (was there
#   when a cluster came)
#   file TYPE CHANGED WRITTEN OWNER SIZE PATH; text PATH LINE, for each line that may be shown
#   link NAME PORTS; chain FAMILY TABLE NAME; unit NAME ACTIVE ENABLED
#   sysctl FILE NUMBER LINE; place PATH WRITABLE OPTIONS; program PATH VERSION
# Prints no private key: of kubeconfigs and certificates only what is public.
# "$@" = what is looked for: -=GLOB, text=GLOB, pem=GLOB, kubeconfig=GLOB, link=PATTERN, unit=PATTERN, place=PATH,
#      program=PATH
# JOURNAL = kinit's undo journal
# include: ../../shell/lib/with-paths.sh

TAB='	'
# Of a text, in characters and in lines, and of files that one glob finds.
MOST=16384
MOST_LINES=500
MANY=300

began() {
  for id in "$JOURNAL"/[0-9]*/id; do
    [ ! -e "$id" ] || { stat -c "began$TAB%Y" -- "$id"; break; }
  done
  [ ! -e "$id" ] || sed "s/^/recorded$TAB/" "$JOURNAL"/[0-9]*/id
  links_before
}

# Each network was noted before it came, but beside the one before it: links that an earlier entry takes away are no
# stranger's.
links_before() {
  set --
  for entry in "$JOURNAL"/[0-9]*-traces-*; do
    [ -e "$entry/links" ] || continue
    [ $# -gt 0 ] || echo 'before'
    while IFS= read -r link; do
      [ $# -gt 0 ] && grep -qwF -e "$link" -- "$@" || printf 'before\t%s\n' "$link"
    done < "$entry/links"
    set -- "$@" "$entry/restore.sh"
  done
}

# What is found is kept, a path a line, and looked at in the end, in one process for each question: a control plane has dozens of them.
found=
texts=
pems=
kubeconfigs=

# look HOW GLOB
look() {
  how=$1
  IFS=
  # shellcheck disable=SC2086 # it is a glob
  set -- $2
  unset IFS
  [ -e "$1" ] || [ -L "$1" ] || return 0
  [ $# -le "$MANY" ] || shift $(($# - MANY))
  for path in "$@"; do
    case $path in *"$NL"*) continue ;; esac
    found=$found$path$NL
    [ "$how" != - ] && [ -f "$path" ] || continue
    case $how in
      text) texts=$texts$path$NL ;;
      pem) pems=$pems$path$NL ;;
      kubeconfig) kubeconfigs=$kubeconfigs$path$NL ;;
    esac
  done
}

# shellcheck disable=SC2016 # awk's own
print_found() {
  with_paths "$found" stat -c "file$TAB%F$TAB%Z$TAB%Y$TAB%U$TAB%s$TAB%n"
  with_paths "$texts" awk -v most="$MOST" 'FNR == 1 { left = most }
    left <= 0 { nextfile }
    { print "text\t" FILENAME "\t" substr($0, 1, left); left -= length($0) + 1 }'
  with_paths "$pems" awk -v most="$MOST_LINES" 'FNR == 1 { public = 0 }
    FNR > most { nextfile }
    /-----BEGIN CERTIFICATE-----/ { public = 1 }
    public { print "text\t" FILENAME "\t" $0 }
    /-----END CERTIFICATE-----/ { public = 0 }'
  with_paths "$kubeconfigs" awk -v most="$MOST_LINES" 'FNR > most { nextfile }
    /^[ -]*(server|certificate-authority(-data)?|client-certificate(-data)?):/ { print "text\t" FILENAME "\t" $0 }'
}

links() {
  for link in /sys/class/net/*; do
    name=${link##*/}
    # shellcheck disable=SC2254 # it is a pattern
    case "$name" in
      $1) printf 'link\t%s\t%s\n' "$name" "$(find "$link/brif/" -mindepth 1 2> /dev/null | grep -c .)" ;;
    esac
  done
}

# Names only: the rules of a busy node are many.
chains() {
  nft list chains 2> /dev/null | awk '$1 == "table" { family = $2; table = $3 }
    $1 == "chain" && $2 ~ /^[A-Za-z]+-/ { print "chain\t" family "\t" table "\t" $2 }'
  for family in ip ip6; do
    # Asking the legacy tables loads them, so they are asked only where something is in them.
    [ -s "/proc/net/${family}_tables_names" ] || continue
    "${family}tables-legacy-save" 2> /dev/null | awk -v family="$family" '/^\*/ { table = substr($1, 2) }
      /^:[A-Za-z]+-/ { print "chain\t" family "\t" table "\t" substr($1, 2) }'
  done
}

units() {
  systemctl show --no-pager -p Id -p LoadState -p ActiveState -p UnitFileState -- "$@" 2> /dev/null | awk -F= '
    function tell() { if (id != "" && load != "not-found") print "unit\t" id "\t" active "\t" enabled; id = "" }
    $1 == "Id" { id = $2 } $1 == "LoadState" { load = $2 } $1 == "ActiveState" { active = $2 }
    $1 == "UnitFileState" { enabled = $2 } /^$/ { tell() } END { tell() }'
}

# Files in the order in which they are read at boot: by name, whichever folder; of one name the first folder's counts.
# Last what others set later: files that only `sysctl --system` reads, and those of firewall services.
sysctls() {
  for folder in /etc/sysctl.d /run/sysctl.d /usr/local/lib/sysctl.d /usr/lib/sysctl.d /lib/sysctl.d; do
    for file in "$folder"/*.conf; do
      [ ! -f "$file" ] || printf '%s\t%s\n' "${file##*/}" "$file"
    done
  done | LC_ALL=C sort -s -t "$TAB" -k 1,1 | awk -F '\t' '!seen[$1]++ { print $2 }' | {
    set --
    while IFS= read -r file; do set -- "$@" "$file"; done
    for file in /etc/sysctl.conf /etc/ufw/sysctl.conf; do
      [ ! -f "$file" ] || set -- "$@" "$file"
    done
    [ $# -eq 0 ] || awk '/^[ \t]*([#;]|$)/ { next } { gsub(/\t/, " "); print "sysctl\t" FILENAME "\t" FNR "\t" $0 }' "$@"
  }
}

# For each path: the mount that holds it (or where it will be made), and whether root can write there.
places() {
  for asked in "$@"; do
    real=$asked
    while [ ! -e "$real" ]; do
      real=${real%/*}
      [ -n "$real" ] || real=/
    done
    if [ -d "$real" ]; then real=$(cd -P -- "$real" && pwd -P); else real=$(readlink -f -- "$real"); fi
    writable=no
    [ ! -w "$real" ] || writable=yes
    printf '%s\t%s\t%s\n' "$asked" "$writable" "${real%/}/"
  done | awk -F '\t' '
    from == "mounts" { split($0, part, " "); point[++mounts] = part[2] == "/" ? "/" : part[2] "/"; options[mounts] = part[4]; next }
    { best = 0; found = ""
      for (i = 1; i <= mounts; i++)
        if (index($3, point[i]) == 1 && length(point[i]) >= best) { best = length(point[i]); found = options[i] }
      print "place\t" $1 "\t" $2 "\t" found }' from=mounts /proc/self/mounts from=asked -
}

program() {
  [ -x "$1" ] || return 0
  version=$(timeout 5 "$1" --version 2> /dev/null < /dev/null | head -n 1 | tr "$TAB" ' ')
  printf 'program\t%s\t%s\n' "$1" "$version"
}

printf 'now\t%s\n' "$(date +%s)"
began
wanted=
folders=
for each in "$@"; do
  case "$each" in
    link=*) links "${each#*=}" ;;
    unit=*) wanted="$wanted ${each#*=}" ;;
    place=*) folders="$folders ${each#*=}" ;;
    program=*) program "${each#*=}" ;;
    *) look "${each%%=*}" "${each#*=}" ;;
  esac
done
print_found
# shellcheck disable=SC2086 # names
[ -z "$wanted" ] || units $wanted
# shellcheck disable=SC2086 # paths without blanks
[ -z "$folders" ] || places $folders
# Whose rules they are is known only before a cluster was here.
ls "$JOURNAL"/[0-9]*-traces-* > /dev/null 2>&1 || chains
sysctls
