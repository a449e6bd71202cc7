# shellcheck shell=sh
# tokens_of KEY ID FOLDER: prints pod=UID for each pod that holds a service-account token of this key. Only the head of a token is
# looked at, where the id of its key stands; nothing of a token is printed.
# The kubelet writes tokens into FOLDER/UID/volumes/kubernetes.io~projected/NAME/..TIME (pkg/volume/util/atomic_writer.go).

tokens_of() {
  find "$2"/*/volumes/kubernetes.io~projected -path '*/..[0-9]*/*' -type f 2> /dev/null | while IFS= read -r file; do
    head=$(head -n 1 -- "$file" 2> /dev/null | cut -d . -f 1 | cut -c1-1000 | tr '_-' '/+')
    case $head in eyJ*) ;; *) continue ;; esac
    if printf '%s==' "$head" | base64 -d 2> /dev/null | grep -qF -- "\"kid\":\"$1\""; then
      pod=${file#"$2/"}
      echo "pod=${pod%%/*}"
    fi
  done | sort -u
}
