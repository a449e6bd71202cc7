# shellcheck shell=sh
# Files of a cluster that later work builds on. Nothing secret is printed. A control plane has dozens of them, so each question is one
# process for all: '=journal' where kinit has changed this host before; '=made' where files of a cluster there are kinit's; then
#   '=files'   'SIZE PATH' of each, in bytes
#   '=texts'   'PATH:LINE' of those without a secret
#   '=open'    'PATH:LINE' of the others: what is public in them; of a line with a secret what comes before it
#   '=digests' of those, as sha256sum prints them
#   '=key PATH' then the public half of the private key in it as PEM, nothing where it is no key, or 'unknown' where nothing can tell
# $1 = path of the copy of the cluster's record
# $2 = path of what a control plane of one process is started with
# $3 = folder of kinit's own, which a run that changes the host has made: what was found out of a key is kept there, by the digest of its file
# include: ../../shell/lib/with-paths.sh

if [ -n "$(ls -A /var/lib/kinit/journal)" ]; then echo '=journal'; fi
for entry in /var/lib/kinit/journal/*-etc-kubernetes*; do
  if [ -e "$entry" ]; then
    echo '=made'
    break
  fi
done

paths() {
  find -L /etc/kubernetes/pki -type f \( -name '*.crt' -o -name '*.key' -o -name '*.pub' \)
  for file in /etc/kubernetes/*.conf /etc/kubernetes/encryption*.yaml \
    /etc/kubernetes/manifests/*.yaml "$1" "$2" \
    /var/lib/kubelet/pki/kubelet-client-first.pem /var/lib/kubelet/pki/kubelet-client-current.pem \
    /var/lib/kubelet/pki/kubelet-server-first.pem /var/lib/kubelet/pki/kubelet-server-current.pem \
    /var/lib/kubelet/pki/kubelet.crt /var/lib/kubelet/pki/kubelet.key; do
    if [ -f "$file" ]; then printf '%s\n' "$file"; fi
  done
  # Root's own is somebody else's, unless kinit wrote it.
  for entry in /var/lib/kinit/journal/*-file-root-.kube-config-*; do
    if [ -e "$entry" ] && [ -f /root/.kube/config ]; then echo /root/.kube/config; fi
  done
}

# lines_of LIST GREP-OPTION...: 'PATH:LINE', also where there is one file only.
lines_of() {
  list=$1
  shift
  with_paths "$list" grep -a "$@" /dev/null || [ $? -eq 1 ]
}

keys=
configs=
encryptions=
pems=
texts=
found=$(paths "$1" "$2")
IFS=$NL
set -f
for file in $found; do
  case $file in
    # It could not be told from the lines of another.
    *:*) ;;
    *.key) keys=$keys$file$NL ;;
    *.conf | */.kube/config) configs=$configs$file$NL ;;
    */encryption*.yaml) encryptions=$encryptions$file$NL ;;
    *.pem) pems=$pems$file$NL ;;
    *) texts=$texts$file$NL ;;
  esac
done
set +f
unset IFS

echo '=files'
with_paths "$keys$configs$encryptions$pems$texts" stat -L -c '%s %n' || exit 1
echo '=texts'
lines_of "$texts" '' || exit 1
echo '=open'
lines_of "$configs" -oE -e '^ *(- )?client-key-data:' \
  -e '^ *(- )?(apiVersion|kind|clusters?|certificate-authority(-data)?|server|name|contexts?|users?|current-context|preferences|namespace|client-certificate(-data)?|client-key):.*' || exit 1
# What the names of its keys are and where they stand: lines that can hold nothing else.
lines_of "$encryptions" -oE -e '^ *(- )?secret:' \
  -e '^ *(- )?(apiVersion|kind|name): +[A-Za-z0-9._/-]{1,80}$' \
  -e '^ *(- )?(resources|providers|keys|secretbox|aescbc|aesgcm|kms):$' \
  -e '^ *- identity: \{\}$' \
  -e "^ *- [\"']?[a-z*][a-z0-9.*-]{0,80}[\"']?\$" || exit 1
# shellcheck disable=SC2016 # awk's own
with_paths "$pems" awk '/BEGIN CERTIFICATE/ { public = 1 } public { print FILENAME ":" $0 } /END CERTIFICATE/ { public = 0 }' || exit 1
echo '=digests'
digests=$(with_paths "$keys$configs$encryptions$pems" sha256sum) || exit 1
printf '%s\n' "$digests"

# openssl takes a hundredth of a second, and there is one key in each of twenty files, which are the same for months. A line is the digest
# of a file and the public half, with '|' for its line breaks. First what is known, then '=ask' and 'DIGEST PATH' of the others.
kept=$3/public-halves
answer=$(printf '%s\n' "$digests" | awk -v kept="$kept" '
  BEGIN { while ((getline line < kept) > 0) half[substr(line, 1, 64)] = substr(line, 66) }
  NF == 0 || /\/encryption[^\/]*\.yaml$/ { next }
  {
    digest = substr($0, 1, 64)
    path = substr($0, 67)
    if (!(digest in half)) { ask = ask digest " " path "\n"; next }
    pem = half[digest]
    gsub(/\|/, "\n", pem)
    printf "=key %s\n%s\n", path, pem
  }
  END { printf "\n=ask\n%s", ask }') || exit 1
printf '%s\n' "${answer%%"$NL"=ask*}"

if command -v openssl > /dev/null; then has_openssl=yes; else has_openssl=no; fi

# Of the private key on standard input.
public_half() {
  if [ "$has_openssl" = no ]; then
    echo unknown
    return
  fi
  openssl pkey -passin pass: -pubout 2> /dev/null
}

new=
IFS=$NL
set -f
for line in ${answer##*"$NL"=ask}; do
  digest=${line%% *}
  file=${line#* }
  case $file in
    *.key | *.pem) half=$(public_half < "$file") ;;
    *)
      data=$(sed -n '/^ *client-key-data: */{
s///p
q
}' "$file")
      [ -n "$data" ] || continue
      half=$(printf '%s\n' "$data" | base64 -d 2> /dev/null | public_half)
      ;;
  esac
  printf '=key %s\n%s\n' "$file" "$half"
  case $half in
    '-----BEGIN'*) new="$new$digest $(printf '%s' "$half" | tr '\n' '|')$NL" ;;
  esac
done
unset IFS
if [ -n "$new" ] && [ -d "$3" ]; then
  (
    umask 077
    { tail -n 200 "$kept" 2> /dev/null || :; printf '%s' "$new"; } > "$kept.$$" && mv -f -- "$kept.$$" "$kept"
  )
fi
:
