# $1 key, $2 the claim's word for the path, $3 the first byte counted from 1, $4 how many bytes.
[ -f "$1" ] && [ ! -L "$1" ] || refuse "holds no claim $1"
p=$(sed -n "s/^$2 //p" -- "$1" | head -n 1)
case $p in
  /*) ;;
  *) refuse "names no file of that stream" ;;
esac
[ -e "$p" ] || refuse "names a file that is not there: $p"
[ -f "$p" ] || refuse "names something that is no regular file: $p"
exec 3<"$p" || refuse "names a file that cannot be opened: $p"
# What was opened is looked at, not what the name means by now.
case $(stat -L -c "%u %F" /dev/fd/3) in
  "$(id -u) regular file" | "$(id -u) regular empty file") ;;
  *) refuse "names a file that is not the account's own: $p" ;;
esac
echo "$s file"
tail -c "+$3" <&3 | head -c "$4"
