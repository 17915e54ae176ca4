#!/bin/sh
# $name, in one file: after the last of these lines comes a .tar.xz. The first start brings it into
# the user's cache, later ones find it there. This shell then becomes the app: nothing is left to be cleaned up.
set -eu
key=$command-$version-@KEY@
for place in "$${XDG_CACHE_HOME:-$${HOME:+$$HOME/.cache}}" "$${TMPDIR:-/tmp}/$command-$$(id -u)"; do
  # Others may not put a program of theirs there, and programs must be allowed to start from there.
  if (umask 077 && mkdir -p "$$place") 2>/dev/null && [ -w "$$place" ] && [ -O "$$place" ]; then break; fi
  place=
done
[ "$$place" ] || { echo "$name finds no folder to unpack into: set XDG_CACHE_HOME or TMPDIR." >&2; exit 1; }
app=$$place/$$key
is_running() { ls -l /proc/[0-9]*/exe 2>/dev/null | grep -qF " -> $$1/"; }

if [ ! -x "$$app/$program/$program" ]; then
  command -v xz >/dev/null || { echo "$name is packed with xz, which this system lacks." >&2; exit 1; }
  for old in "$$place/$command"-[0-9]*-*; do # earlier versions, which nobody would find again
    if [ -x "$$old/$program/$program" ] && ! is_running "$$old"; then rm -rf "$$old"; fi
  done
  find "$$place" -maxdepth 1 -name ".$command-*-*.*" -mmin +60 -exec rm -rf {} + # of a start that was killed
  fresh=$$(mktemp -d "$$place/.$$key.XXXXXX")
  trap 'rm -rf "$$fresh"' EXIT
  trap 'exit 130' HUP INT TERM
  if ! tail -c +@BEGIN@ "$$0" | (cd "$$fresh" && tar -xJf -); then
    echo "$name could not be unpacked into $$place: the disk is full, or this file is not whole." >&2
    exit 1
  fi
  mv -T "$$fresh" "$$app" 2>/dev/null || [ -x "$$app/$program/$program" ] # or another start was faster
  rm -rf "$$fresh"
  trap - EXIT HUP INT TERM
fi
exec "$$app/$program/$program" "$$@"
