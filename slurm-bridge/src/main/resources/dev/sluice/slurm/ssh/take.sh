# $1 is unique to this call. A claim is taken by the steps of the wrapper's gate: a whole candidate, a link, a look at the count.
while IFS= read -r k; do
  if [ ! -e "$k" ]; then
    c=.$k.$1
    (set -C && echo "taken $(date +%s)" >"$c") || refuse "cannot be written to: $d"
    ln -T -- "$c" "$k" 2>/dev/null
    [ "$(stat -c %h -- "$c")" = 2 ] || [ -e "$k" ] || refuse "takes no link: $d"
    rm -f -- "$c"
  fi
  echo "$s key $k"
  if [ -f "$k" ] && [ ! -L "$k" ]; then
    head -c 16384 -- "$k"
    echo
  fi
done
echo "$s end"
