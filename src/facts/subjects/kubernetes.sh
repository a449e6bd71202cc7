# shellcheck shell=sh
# Files of a cluster that later work builds on. Prints '=journal' where kinit has changed this host before, then for each
# file '=PATH', each line of its text after a blank, and one line break: no text can look like a path, and one without a
# last line break stays so. '=made' where files of a cluster there are kinit's. Nothing secret is printed: of a file that
# holds a private key '#DIGEST KEY' (of the file; of the key's public half, '-' where it has none), and its public lines.
# $1 = path of the copy of the cluster's record
# $2 = path of what a control plane of one process is started with

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
    if [ -f "$file" ]; then echo "$file"; fi
  done
  # Root's own is somebody else's, unless kinit wrote it.
  for entry in /var/lib/kinit/journal/*-file-root-.kube-config-*; do
    if [ -e "$entry" ] && [ -f /root/.kube/config ]; then echo /root/.kube/config; fi
  done
}

if command -v openssl > /dev/null; then has_openssl=yes; else has_openssl=no; fi

# Of the private key on standard input: the digest of its public half, none where it is no key, unknown where nothing can tell.
public_half() {
  if [ "$has_openssl" = no ]; then
    echo unknown
    return
  fi
  half=$(openssl pkey -passin pass: -pubout -outform DER | sha256sum)
  case $half in
    # Nothing.
    e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855*) echo none ;;
    *) echo "${half%% *}" ;;
  esac
}

# sealed FILE KEY. No process takes the digest out of what sha256sum says: a control plane has dozens of files.
sealed() {
  sum=$(sha256sum < "$1")
  printf '#%s %s\n' "${sum%% *}" "$2"
}

embedded_key() { sed -n 's/^ *client-key-data: *//p' "$1" | head -n 1 | base64 -d; }

paths "$1" "$2" | while IFS= read -r file; do
  printf '=%s\n' "$file"
  case $file in
    *.key) sealed "$file" "$(public_half < "$file")" ;;
    *.conf | */.kube/config)
      if grep -q '^ *client-key-data:' "$file"; then
        sealed "$file" "$(embedded_key "$file" | public_half)"
      else
        sealed "$file" -
      fi
      sed -n -E -e 's/^( *(- )?client-key-data:).*/ \1 SEALED/p' \
        -e 's/^( *(- )?(apiVersion|kind|clusters?|certificate-authority(-data)?|server|name|contexts?|users?|current-context|preferences|namespace|client-certificate(-data)?|client-key):.*)/ \1/p' "$file"
      ;;
    */encryption*.yaml)
      sealed "$file" -
      # What the names of its keys are and where they stand: lines that can hold nothing else.
      sed -n -E -e 's/^( *(- )?secret:) .*/ \1 SEALED/p' \
        -e 's/^( *(- )?(apiVersion|kind|name): +[A-Za-z0-9._/-]{1,80})$/ \1/p' \
        -e 's/^( *(- )?(resources|providers|keys|secretbox|aescbc|aesgcm|kms):)$/ \1/p' \
        -e 's/^( *- identity: \{\})$/ \1/p' \
        -e "s/^( *- [\"']?[a-z*][a-z0-9.*-]{0,80}[\"']?)\$/ \\1/p" "$file"
      ;;
    *.pem)
      sealed "$file" "$(public_half < "$file")"
      sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/s/^/ /p' "$file"
      ;;
    *)
      sed 's/^/ /' "$file"
      echo
      ;;
  esac
done
