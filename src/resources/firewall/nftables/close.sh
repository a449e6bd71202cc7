# shellcheck shell=sh
# Takes kinit's rules out of the ruleset again.
# include: ../../../shell/lib/host-path.sh
# include: ../../../shell/lib/sed-file.sh
# include: ruleset.sh

if is_included; then
  sed_file "$RULESET" "\\|^include \"$rules\"|d"
fi
rm -f "$rules"
! command -v nft > /dev/null || delete_ours
exit 0
