# shellcheck shell=sh
# Copies the data of this host's datastore into a backup as kinit's own are (engine/datastore/manifest.ts): a line of JSON, then
# the copy, compressed by gzip. A file is there as a whole, or not at all. Older ones go once the new one is on the disk.
# $1 = file of the copy on its way, $2 = folder of the backups, $3 = how many stay, $4 = name of the cluster,
# $5 = version of kinit, $6 = id of the datastore, $7 = record of the cluster on this host, $8 = its CA certificate
# COPY = sh text that writes the copy to $1, and prints what it holds as JSON: revision, keys, bytes
# include: ../../shell/lib/host-path.sh
# include: ../../shell/lib/die.sh
# include: ../../shell/lib/sha256.sh
# include: ../../shell/lib/sync.sh
# include: ./backups-of.sh

umask 077
LC_ALL=C
export LC_ALL
copy=$1
folder=$2
part=$folder/.part
mkdir -p -- "$folder" || die "Error: $folder cannot be made"
exec 9>> "$folder/.lock" || exit 1
flock -n 9 || die 'Error: another copy is being made'
trap 'rm -f -- "$copy" "$part"' EXIT
trap 'exit 1' HUP INT TERM

# shellcheck disable=SC2153 # another one than $copy
made=$(eval "$COPY") || exit 1

# number NAME: of what the copy holds.
number() {
  printf '%s' "$made" | sed -n "s/.*\"$1\": *\\([0-9][0-9]*\\).*/\\1/p" | head -n 1
}

# As kinit has them: the text of the certificate, without the end of its last line.
ca=$(printf '%s' "$(cat -- "$8")" | sha256sum | cut -c1-64)
kubernetes=$(sed -n 's/^kubernetes: *//p' "$7" | tr -d "\"'")
sum=$(sha256_of "$copy") || exit 1
for needed in "$(number revision)" "$(number keys)" "$(number bytes)" "$kubernetes"; do
  [ -n "$needed" ] || die "Error: what the copy holds is not known: $made"
done
{
  printf '{"kinitBackup":1,"kinit":"%s","cluster":"%s","ca":"%s","kubernetes":"%s","datastore":"%s",' \
    "$5" "$4" "$ca" "$kubernetes" "$6"
  printf '"revision":%s,"keys":%s,"bytes":%s,"sha256":"%s","taken":"%s"}\n' \
    "$(number revision)" "$(number keys)" "$(number bytes)" "$sum" "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
  gzip -c -- "$copy"
} > "$part" || die "Error: $part could not be written"
sync_file "$part" || exit 1
mv -f -T -- "$part" "$folder/$4-$(date -u +%Y%m%dT%H%M%SZ).backup" || exit 1

# Names of one cluster sort by their time.
backups_of "$folder" "$4" | sort -r | tail -n "+$(($3 + 1))" |
  while IFS= read -r old; do rm -f -- "$old"; done
