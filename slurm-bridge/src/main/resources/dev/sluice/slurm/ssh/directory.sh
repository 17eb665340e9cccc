# The claim directory ($1, or the default) becomes the working directory, if it is a directory that only its owner may touch.
umask 077
d=${1:-$HOME/.sluice/claims}
shift
refuse() {
  echo "$s refused $1"
  exit 0
}
s=$1
shift
[ -d "$d" ] || mkdir -p -- "$d" || refuse "cannot be made: $d"
[ -L "$d" ] && refuse "is a symbolic link: $d"
case $(stat -c %u:%a -- "$d") in
  "$(id -u):700" | "$(id -u):2700") ;;
  *) refuse "is not the account's own with mode 700: $d" ;;
esac
cd -- "$d" || refuse "cannot be entered: $d"
