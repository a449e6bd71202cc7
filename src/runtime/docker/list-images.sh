# shellcheck shell=sh
# Prints the images of the engine: 'REFERENCE ID pinned'; nothing where it does not run. It has no pins: cri-dockerd tells the
# kubelet that the pause image has one, and the engine lets nobody take what a container was made from.
# include: ./docker.sh
# include: ../../shell/lib/die.sh

# Its socket may be left over.
not_listed() {
  state=$(timeout 30 systemctl show -p ActiveState -- docker.service) || exit 1
  [ "$state" != ActiveState=active ] || die 'dockerd does not answer (docker images); look at journalctl -u docker'
  exit 0
}

[ -S "$SOCKET" ] || exit 0
engine 30 version > /dev/null 2>&1 || not_listed
images=$(tagged_images) || exit 1
[ -z "$images" ] || printf '%s\n' "$images" | sed 's/$/ pinned/'
