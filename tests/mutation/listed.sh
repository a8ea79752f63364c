#!/usr/bin/env bash
# Whether each mutant that equivalent.txt and planted.txt name is one, and has its reason. Builds nothing; needs perl.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

root=$PWD
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp -r src "$scratch/src"
(cd "$scratch" && perl "$root/tests/mutation/instrument.pl") >"$scratch/ids"

wrong=0
while IFS=$'\t' read -r id with why; do
  case $id in '' | '#'*) continue ;; esac
  if [ -z "$why" ]; then
    echo "equivalent.txt: $id: not a mutant, others or -, and a reason, with tabs between them" >&2
    wrong=1
  fi
  [ "$with" != - ] || with=
  for one in "$id" ${with//,/ }; do
    grep -qxF -- "$one" "$scratch/ids" || { echo "equivalent.txt: $one is no mutant any more" >&2; wrong=1; }
  done
done <tests/mutation/equivalent.txt
while IFS=$'\t' read -r id target _ _ why; do
  case $id in '' | '#'*) continue ;; esac
  [ -n "$why" ] && [ -d "tests/$target" ] || { echo "planted.txt: $id: not a mutant, a target of tests, two tests and a reason, with tabs between them" >&2; wrong=1; }
  grep -qxF -- "$id" "$scratch/ids" || { echo "planted.txt: $id is no mutant any more" >&2; wrong=1; }
done <tests/mutation/planted.txt
exit "$wrong"
