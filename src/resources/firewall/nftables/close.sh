# shellcheck shell=sh
# Takes kinit's rules out of the ruleset again.
# include: ../../../shell/lib/host-path.sh
# include: ../../../shell/lib/sed-file.sh
# include: ../../block/cut-block.sh
# include: ruleset.sh

[ ! -e "$RULESET" ] || cut_block "$RULESET" firewall
# An older kinit wrote the line without marks.
if is_included; then
  sed_file "$RULESET" "\\|^include \"$rules\"|d"
fi
rm -f -- "$rules" "$rules.old" "$rules.new"
! command -v nft > /dev/null || delete_ours
exit 0
