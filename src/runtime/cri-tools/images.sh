# shellcheck shell=sh
# cri_images SOCKET: the images that a runtime tells of, a line 'REFERENCE DIGEST pinned' or 'REFERENCE DIGEST -' for each
# reference, DIGEST being the manifest's.
# include: ../../shell/lib/host-path.sh

cri_images() {
  timeout 30 crictl -r "unix://$1" -t 25s images -v --no-trunc | awk '
    function tell(  i) {
      for (i = 1; i <= count; i++) print tags[i], digest, pinned
      count = 0; digest = "-"; pinned = "-"
    }
    BEGIN { digest = "-"; pinned = "-" }
    $1 == "ID:" { tell() }
    $1 == "RepoTags:" { tags[++count] = $2 }
    $1 == "RepoDigests:" && digest == "-" { digest = $2; sub(/.*@/, "", digest) }
    $1 == "Pinned:" && $2 == "true" { pinned = "pinned" }
    END { tell() }
  '
}
