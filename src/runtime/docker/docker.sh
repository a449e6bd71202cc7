# shellcheck shell=sh
# engine SECONDS ARGUMENT...: the command `docker` at the engine that the cluster uses, with a bound.
# tagged_images: what it has, a line 'REFERENCE ID' for each reference, in full: it leaves out docker.io/library/ and docker.io/.
# include: ../../shell/lib/host-path.sh

SOCKET=/run/docker.sock

engine() {
  seconds=$1
  shift
  timeout "$seconds" docker -H "unix://$SOCKET" "$@"
}

tagged_images() {
  engine 30 images --no-trunc --format '{{.Repository}}:{{.Tag}} {{.ID}}' | awk '
    /<none>/ { next }
    {
      first = $1
      sub(/\/.*/, "", first)
      if (first == $1) $1 = "docker.io/library/" $1
      else if (first !~ /[.:]/ && first != "localhost") $1 = "docker.io/" $1
      print
    }'
}
