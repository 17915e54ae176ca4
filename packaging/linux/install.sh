#!/bin/sh
# Puts $name into your menu, and recipes into its care; needs no rights but yours. With --remove: takes it out again.
# The folder stays where it is, and the app runs from there.
set -eu
here=$$(CDPATH= cd -- "$$(dirname -- "$$0")" && pwd)
data=$${XDG_DATA_HOME:-$${HOME:?is not set, so there is no menu of yours}/.local/share}
entry=$$data/applications/$command.desktop
program=$$here/ConcurrencyPlayground

each_file() { (cd "$$here/share" && find applications icons mime -type f); }
if [ "$${1:-}" = --remove ]; then
  each_file | while IFS= read -r file; do rm -f "$$data/$$file"; done
  said="$name is no longer in your menu. Its folder is still here: $$here"
else
  each_file | while IFS= read -r file; do
    mkdir -p "$$data/$$(dirname "$$file")"
    rm -f "$$data/$$file"
    cat "$$here/share/$$file" >"$$data/$$file" # and not its rights: it may lie where nobody may write
  done
  # In an entry, a program with spaces stands in quotes. In there these four are marked by a \, and then, as in any
  # text of an entry, each \ is doubled; a % is doubled too. The last is for sed, which puts it in.
  quoted=$$(printf '%s' "$$program" | sed -e 's/["`$$\\]/\\&/g' -e 's/\\/\\\\/g' -e 's/%/%%/g' -e 's/[&|\\]/\\&/g')
  sed -e "s|^Exec=@PROGRAM@|Exec=\"$$quoted\"|" -e "/^TryExec=/d" "$$here/share/applications/$command.desktop" >"$$entry"
  said="$name is in your menu now. To take it out: $$0 --remove"
fi
for tool in "update-desktop-database $$data/applications" "update-mime-database $$data/mime"; do
  if command -v "$${tool%% *}" >/dev/null; then $${tool%% *} "$${tool#* }" >/dev/null 2>&1 || true; fi
done
if [ "$${1:-}" = --remove ]; then # folders as well, as far as nothing else is in them
  each_file | while IFS= read -r file; do
    (cd "$$data" && rmdir -p "$$(dirname "$$file")") 2>/dev/null || true
  done
fi
echo "$$said"
