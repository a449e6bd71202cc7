# shellcheck shell=sh
# Prints the holder of apt's locks that was there all the while, or nothing as soon as there is none.
# "$1" = seconds to look at most
# include: ./lock-holder.sh

left=$1
while holder=$(apt_holder 2> /dev/null); do
  if [ "$left" -le 0 ]; then
    echo "$holder"
    break
  fi
  left=$((left - 1))
  sleep 1
done
