# shellcheck shell=sh
# Adds rules to the ruleset, now and for the next boot. They are tried before anything is changed.
# $1 = the file of rules
# $2 = the rules, for people
# include: ../../../shell/lib/host-path.sh
# include: ../../../shell/lib/die.sh
# include: ruleset.sh

refused() {
  die "nftables does not take kinit's rules. Open the ports in your own ruleset, load it (systemctl reload nftables) and set \"firewall: keep\". The rules:
$1"
}

if ! { printf '%s' "$1" > "$rules.new" && nft -c -f "$rules.new"; }; then
  rm -f "$rules.new"
  refused "$2"
fi
delete_ours
mv -f "$rules.new" "$rules" && nft -f "$rules" || refused "$2"
is_included || add_include || die 'the configuration of nftables cannot be written'
