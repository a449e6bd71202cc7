# shellcheck shell=sh
# cri_images SOCKET: the images that a runtime tells of, a line 'REFERENCE DIGEST pinned' or 'REFERENCE DIGEST -' for each
# reference, by tag or by digest. DIGEST is the manifest's; one image that came by several (from two registries, or as part of an index) has
# all of them, with commas between. What was pulled by digest has no tag.
# include: ../../shell/lib/host-path.sh

cri_images() {
  timeout 30 crictl -r "unix://$1" -t 25s images -v --no-trunc | awk '
    function after_at(ref) { sub(/.*@/, "", ref); return ref }
    function tell(  i, known) {
      known = ""
      for (i = 1; i <= digested; i++)
        if (index("," known ",", "," after_at(digests[i]) ",") == 0) known = known (known == "" ? "" : ",") after_at(digests[i])
      for (i = 1; i <= tagged + digested; i++)
        print (i <= tagged ? tags[i] : digests[i - tagged]), (digested ? known : "-"), pinned
      tagged = 0; digested = 0; pinned = "-"
    }
    BEGIN { pinned = "-" }
    $1 == "ID:" { tell() }
    $1 == "RepoTags:" { tags[++tagged] = $2 }
    $1 == "RepoDigests:" { digests[++digested] = $2 }
    $1 == "Pinned:" && $2 == "true" { pinned = "pinned" }
    END { tell() }
  '
}
