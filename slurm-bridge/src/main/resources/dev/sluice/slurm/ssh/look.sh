# For each key on standard input what its claim says, then the names of all marks of losers.
while IFS= read -r k; do
  echo "$s key $k"
  if [ -f "$k" ] && [ ! -L "$k" ]; then
    head -c 16384 -- "$k"
    echo
  fi
done
for f in *.lost.*; do
  [ -e "$f" ] && echo "$s lost $f"
done
echo "$s end"
