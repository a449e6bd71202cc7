# shellcheck shell=sh
# Has the runtime pull one image.
# "$1" = path of the CRI socket, "$2" = seconds it may take, "$3" = the image's reference
# include: ../../shell/lib/host-path.sh

timeout "$2" crictl -r "unix://$1" -t "$2s" pull "$3"
