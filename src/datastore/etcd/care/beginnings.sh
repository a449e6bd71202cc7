# shellcheck shell=sh
# Reads everything below a path, page by page, and says what does not begin as it shall: all=NUMBER, left=NUMBER, and the first of those as
# key=KEY. No value is printed, nor any part of one.
# $1 = URL of this host's member, $2 = the path, with a slash at its end, $3 = what begins otherwise than this is no matter ('': all counts)
# the others = the beginnings, one of which each shall have
# include: ./member.sh
# include: ./below.sh
