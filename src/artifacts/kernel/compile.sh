# shellcheck shell=sh
# Compiles a configured kernel source: the kernel as $2/linux, its modules as they lie in a root file system as $2/modules.tar.
# "$1" = folder of the source, "$2" = folder for the results, "$3" = how many compilers at once.

set -eu
source=$1 results=$2 jobs=$3
# The same source gives the same kernel, whoever builds it.
export ARCH=um KBUILD_BUILD_TIMESTAMP=1970-01-01 KBUILD_BUILD_USER=kinit KBUILD_BUILD_HOST=kinit
cd "$source"
make -j "$jobs" linux modules
make INSTALL_MOD_PATH="$results/modules/usr" INSTALL_MOD_STRIP=1 modules_install
rm -f "$results"/modules/usr/lib/modules/*/build "$results"/modules/usr/lib/modules/*/source
tar --create --file "$results/modules.tar" --directory "$results/modules" \
  --owner=0 --group=0 --numeric-owner --mode=u+rwX,go+rX,go-w --sort=name --mtime=@0 usr
cp linux "$results/linux"
