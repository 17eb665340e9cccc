# When the directory was made, in seconds since the epoch; 0 or - where nobody knows.
echo "$s made $(stat -c %W .)"
echo "$s end"
