# Claims, marks, candidates and the wrapper's work directories last changed before $1, seconds since the epoch.
find . -maxdepth 1 -type f -regextype posix-extended -regex "\./\.?[0-9a-z]{26}\.[0-9]+\.[0-9]+(\..*)?" ! -newermt "@$1" -delete || refuse "cannot be cleaned: $d"
find . -maxdepth 1 -type d -regextype posix-extended -regex "\./[0-9a-z]{26}\.[0-9]+\.[0-9]+\.work" ! -newermt "@$1" -exec rm -rf -- {} + || refuse "cannot be cleaned: $d"
echo "$s end"
