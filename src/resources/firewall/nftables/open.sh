# shellcheck shell=sh
# Adds rules to the ruleset, now and for the next boot. They are tried before anything is changed, and so is the whole of
# what the next boot will load.
# $1 = the file of rules
# $2 = the rules, for people
# include: ../../../shell/lib/host-path.sh
# include: ../../../shell/lib/die.sh
# include: ../../block/find-block.sh
# include: ../../block/print-block.sh
# include: ../../block/replace-file.sh
# include: ruleset.sh

refused() {
  die "nftables does not take kinit's rules. Open the ports in your own ruleset, load it (systemctl reload nftables) and set \"firewall: keep\". The rules:
$1"
}

# The ruleset's file with the line that includes ours, beside it; put in place only when nftables would load all of it.
include_rules() {
  # Not into a file that is not there: undo would leave it behind.
  [ -e "$RULESET" ] || die "there is no $RULESET, which nftables.service loads"
  nft -c -f "$RULESET" || die "nftables does not take $RULESET as it is: its next boot would have no rules. Mend it, then run again."
  find_block "$RULESET" firewall
  ! block_is broken ||
    die "$RULESET: the lines \"# kinit BEGIN firewall\" and \"# kinit END firewall\" do not match up. Repair or delete the block by hand and run again."
  prepare "$file"
  print_with_block firewall "$include_line
" > "$file.kinit-new" || exit 1
  if ! nft -c -f "$file.kinit-new"; then
    rm -f -- "$file.kinit-new"
    return 1
  fi
  replace "$file"
}

# The rules as they were before this.
take_back() {
  rm -f -- "$rules"
  [ ! -e "$rules.old" ] || mv -f -- "$rules.old" "$rules"
  delete_ours
  [ ! -e "$rules" ] || nft -f "$rules"
}

rm -f -- "$rules.old"
if ! { printf '%s' "$1" > "$rules.new" && sync_file "$rules.new" && nft -c -f "$rules.new"; }; then
  rm -f -- "$rules.new"
  refused "$2"
fi
[ ! -e "$rules" ] || cp -a -- "$rules" "$rules.old" || exit 1
delete_ours
if ! { mv -f -- "$rules.new" "$rules" && nft -f "$rules" && { is_included || include_rules; }; }; then
  take_back
  refused "$2"
fi
rm -f -- "$rules.old"
