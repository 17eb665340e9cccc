# Every claim and every mark of the attempts on standard input.
w=" "
while IFS= read -r a; do
  w="$w$a "
done
for f in *; do
  case $w in
    *" ${f%%.*} "*) ;;
    *) continue ;;
  esac
  case $f in
    *.lost.*) echo "$s lost $f" ;;
    *)
      echo "$s key $f"
      if [ -f "$f" ] && [ ! -L "$f" ]; then
        head -c 16384 -- "$f"
        echo
      fi
      ;;
  esac
done
echo "$s end"
