# shellcheck shell=sh
# Where proxies are set that services or logins of this host take: '=WHOM PLACE', then the lines there that name one.
# WHOM: services, logins, a unit, or kinit for what it wrote itself. "$@" = units.

setting='^[^#;]*(https?|all|no)_proxy='

# tell WHOM FILE
tell() {
  case $2 in */zz-kinit-no-proxy.*) set -- kinit "$2" ;; esac
  [ -f "$2" ] && grep -qiE "$setting" "$2" || return
  printf '=%s %s\n' "$1" "$2"
  grep -iE "$setting" "$2" | sed 's/^/ /' | head -n 20
}

# Systemd's own folders, what goes first last; each is one word.
folders='/usr/lib/systemd/ /lib/systemd/ /run/systemd/ /etc/systemd/'

for folder in $folders; do
  # With a merged /usr one of the two is a link.
  [ ! -L /lib ] || [ "$folder" != /lib/systemd/ ] || continue
  for file in "${folder}system.conf" "$folder"system.conf.d/*.conf "$folder"system/service.d/*.conf; do tell services "$file"; done
  for unit in "$@"; do
    for file in "${folder}system/$unit.service" "${folder}system/$unit.service.d"/*.conf; do
      tell "$unit" "$file"
      [ -f "$file" ] || continue
      sed -n 's/^EnvironmentFile=-\{0,1\}//p' "$file" | while read -r other; do
        case $other in /etc/default/"$unit" | /etc/sysconfig/"$unit") ;; *) tell "$unit" "$other" ;; esac
      done
    done
  done
done
# The kubelet's unit reads these as soon as it is there.
for unit in "$@"; do
  for file in "/etc/default/$unit" "/etc/sysconfig/$unit"; do tell "$unit" "$file"; done
done
tell logins /etc/environment
# What systemd has in hand, wherever it comes from (a file that was changed since, systemctl set-environment).
[ -d /run/systemd/system ] || exit 0
given=$(timeout 20 systemctl show-environment) || exit 1
if given=$(printf '%s\n' "$given" | grep -iE "$setting"); then
  printf '=services systemctl show-environment\n'
  printf '%s\n' "$given" | sed 's/^/ /' | head -n 20
fi
