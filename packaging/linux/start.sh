#!/bin/sh
# Started by the file that has unpacked this: brings the app into the user's cache, once, and starts it there.
set -eu
key=$command-$version-@KEY@
for place in "$${XDG_CACHE_HOME:-$${HOME:-/nonexistent}/.cache}" "$${TMPDIR:-/tmp}/$command-$$(id -u)"; do
  if mkdir -p "$$place" 2>/dev/null && [ -w "$$place" ] && [ -O "$$place" ]; then break; fi
done
app=$$place/$$key
if [ ! -x "$$app/ConcurrencyPlayground/ConcurrencyPlayground" ]; then
  fresh=$$(mktemp -d "$$place/.$$key.XXXXXX")
  trap 'rm -rf "$$fresh"' EXIT INT TERM
  tar -xJf app.tar.xz -C "$$fresh"
  mv -T "$$fresh" "$$app" 2>/dev/null || [ -x "$$app/ConcurrencyPlayground/ConcurrencyPlayground" ]
  rm -rf "$$fresh"
  trap - EXIT INT TERM
fi
cd "$${USER_PWD:-/}"
exec "$$app/ConcurrencyPlayground/ConcurrencyPlayground" "$$@"
