# shellcheck shell=sh
# runc for hosts that are containers and have no CAP_SYS_RESOURCE: there a pod can have it neither, nor be harder to kill than
# this process is; the kernel refuses both, and runc then starts nothing. Called as runc is, by the container runtime.

# Takes from a file of the OCI runtime specification what this host cannot give.
within_reach() {
  sed -i 's/"CAP_SYS_RESOURCE",//g; s/,\{0,1\}"CAP_SYS_RESOURCE"//g' "$1"
  wanted=$(sed -n 's/.*"oomScoreAdj": *\(-[0-9]*\).*/\1/p' "$1" | head -n 1)
  if [ -n "$wanted" ] && [ "$wanted" -lt "$own" ]; then
    sed -i "s/\"oomScoreAdj\": *$wanted/\"oomScoreAdj\":$own/" "$1"
  fi
}

read -r own < /proc/self/oom_score_adj
before=
for word in "$@"; do
  case "$before" in
    -b | --bundle) within_reach "$word/config.json" ;;
    -p | --process) [ ! -f "$word" ] || within_reach "$word" ;;
  esac
  before=$word
done
# kinit's own, else that of a package: /usr/bin or /usr/sbin.
PATH=/usr/local/bin:/usr/sbin:/usr/bin:$PATH
exec runc "$@"
