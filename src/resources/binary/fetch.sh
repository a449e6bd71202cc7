# shellcheck shell=sh
# Fetches a program from where releases are, and puts it in its place: what is fetched and the program in it are both checked
# by their SHA-256. Of several programs in one archive, that is fetched once.
# "$1" = path of the program, "$2" = its SHA-256, "$3" = URL, "$4" = SHA-256 of what is there, "$5" = the program's path in
# that archive (tar, gzip); '' where it is the program itself, "$6" = folder for archives, of which one is kept
# include: ../../shell/lib/die.sh
# include: ../../shell/lib/sha256.sh

program=$1
program_sha256=$2
url=$3
file_sha256=$4
member=$5
folder=$6
fetched=$folder/$file_sha256
new=$program.kinit-new

digest_of() {
  digest=$(sha256_of "$1") || exit 1
}

# is FILE SHA256
is() {
  [ -f "$1" ] || return 1
  digest_of "$1"
  [ "$digest" = "$2" ]
}

# A line that has gone silent is given up after a minute.
download() {
  if command -v curl > /dev/null; then
    curl -fsSL --retry 3 --connect-timeout 15 --speed-limit 1 --speed-time 60 --max-time 1700 -o "$fetched.part" "$url"
  elif command -v wget > /dev/null; then
    timeout 1700 wget -q -t 3 -T 60 -O "$fetched.part" "$url"
  else
    die 'neither curl nor wget is there: name one of them under packages in the inventory, or set artifacts.delivery: push'
  fi
}

# The archive, whole and checked.
fetch() {
  mkdir -p -- "$folder" && chmod 0700 -- "$folder" || exit 1
  is "$fetched" "$file_sha256" && return
  rm -f -- "$folder"/*
  echo "fetching $url"
  download || die "$url could not be fetched; the words above say why"
  is "$fetched.part" "$file_sha256" ||
    die "what $url gave is not the file it should be: its sha256 is $digest, kinit.lock.json says $file_sha256"
  mv -- "$fetched.part" "$fetched"
}

# Archives name their members with or without ./
unpack() {
  tar -xzOf "$fetched" "$member" 2> /dev/null || tar -xzOf "$fetched" "./$member"
}

fetch
mkdir -p -- "${program%/*}" || exit 1
if [ -n "$member" ]; then
  unpack > "$new" || die "$member could not be taken out of $url"
else
  mv -- "$fetched" "$new" || exit 1
fi
is "$new" "$program_sha256" ||
  die "the program in $url is not the one it should be: its sha256 is $digest, not $program_sha256"
chmod 0755 -- "$new" && sync && mv -f -- "$new" "$program"
