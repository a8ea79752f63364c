#!/usr/bin/env bash
# Whether each thing that the code says about the cache is missed when it is left out.
#
#   tests/mutation.sh             all mutants
#   tests/mutation.sh PATTERN     those whose id matches this extended regular expression
#
# A mutant is the program without one topic of one read or write, without one look at the clock, or with one that is a
# microsecond early. They are found in the sources by tests/mutation/instrument.pl, in a worktree that is removed afterwards, and
# built once, each switched on by its name: what is added to the code is tried without being listed here. Each goes through
# tests/coherence/pages, one that survives through a short random walk with a fixed seed.
#
# tests/mutation/planted.txt lists what is left out elsewhere and no page shows, with the test that must miss it and perhaps one that must not.
# tests/mutation/equivalent.txt lists those that nothing can show, each with the reason, and with the mutant, if any, in
# whose company it must be found out. It is an error when one of them is found out, or is no mutant any more.
#
# Runs on SQLite, and without a Redis that others use. A minute or two to build, then about twenty seconds for each mutant that survives and less for
# the others: half an hour for all. Not part of tests/run.sh, which only looks whether the list is about mutants that there are
# (tests/mutation/listed.sh). Needs perl. What is not committed is tried as well.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

pattern=${1:-.}
root=$PWD
scratch=$(mktemp -d)
tree=$scratch/tree
binary=
finish() {
  git worktree remove --force "$tree" 2>/dev/null || true
  rm -rf "$scratch"
}
trap finish EXIT

# Runs the tests until one fails, which must be for a page that is not what it should be: prints which, or nothing when all passed.
killed_by() { # mutants tests
  local log=$scratch/log pid name expected
  mkdir -p "$scratch/tmp"
  (cd "$tree" && MUTANT=$1 TMPDIR=$scratch/tmp RUST_BACKTRACE=0 RUST_LOG=off WALK_SEED=1 WALK_CASES=2 WALK_STEPS=20 \
    exec "$binary" "$2" --nocapture) >"$log" 2>&1 &
  pid=$!
  while kill -0 "$pid" 2>/dev/null && ! grep -q '\.\.\. FAILED$' "$log"; do sleep 0.2; done
  kill -KILL "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  rm -rf "$scratch/tmp"
  name=$(sed -n 's/^test \(.*\) \.\.\. FAILED$/\1/p' "$log" | head -n 1)
  expected='^test result: ok'
  [ -z "$name" ] || expected='an instance without a cache'
  if ! grep -q "$expected" "$log"; then
    cat "$log" >&2
    echo "$1: the tests ended otherwise than with a page that differs, or without one" >&2
    exit 2
  fi
  printf '%s' "$name"
}

# Runs one test; whether it passes.
passes() { # mutant target test
  local log=$scratch/log
  [ -n "${binaries[$2]:-}" ] || binaries[$2]=$(built "$2") || exit 2
  mkdir -p "$scratch/tmp"
  (cd "$tree" && MUTANT=$1 TMPDIR=$scratch/tmp RUST_BACKTRACE=0 RUST_LOG=off exec "${binaries[$2]}" --exact "$3") >"$log" 2>&1 </dev/null || true
  rm -rf "$scratch/tmp"
  if grep -q '^test result: ok. 1 passed' "$log"; then return; fi
  grep -q '^test result: FAILED. 0 passed; 1 failed' "$log" || { cat "$log" >&2; echo "$1: $3 did not run" >&2; exit 2; }
  return 1
}

# The program of a target's tests.
built() { # target
  local said
  said=$(cd "$tree" && CARGO_TARGET_DIR=$root/target/mutation cargo test --locked --test "$1" --no-run 2>&1) || {
    printf '%s\n' "$said" >&2
    exit 2
  }
  printf '%s\n' "$said" | sed -n 's/^ *Executable .*(\(.*\))$/\1/p'
}

row() { printf '%-58s | %s\n' "$1" "$2"; }

unset TEST_DATABASE_URL TEST_REDIS_URL
git worktree add --quiet --detach "$tree" HEAD
git diff HEAD --binary | git -C "$tree" apply --allow-empty
git ls-files --others --exclude-standard -z | xargs -0 -r cp --parents -t "$tree"
(cd "$tree" && perl tests/mutation/instrument.pl && cp tests/mutation/mutants.rs src/mutants.rs) >"$scratch/ids"
declare -A binaries planted
while IFS=$'\t' read -r id rest; do
  case $id in '' | '#'*) continue ;; esac
  planted[$id]=$rest
done <tests/mutation/planted.txt
grep -E -- "$pattern" "$scratch/ids" >"$scratch/these" || { echo "no mutant is called $pattern" >&2; exit 2; }
if grep -vxFf <(printf '%s\n' "${!planted[@]}") "$scratch/these" >/dev/null; then
  binary=$(built coherence)
  none=$(killed_by none pages::)
  [ -z "$none" ] || { echo "$none fails without any mutant" >&2; exit 2; }
fi

wrong=0
tests/mutation/listed.sh || wrong=1
declare -A partner reason
while IFS=$'\t' read -r id with why; do
  case $id in '' | '#'*) continue ;; esac
  partner[$id]=$with
  reason[$id]=$why
done <tests/mutation/equivalent.txt

row 'mutant' 'killed by'
while read -r id; do
  if [ -n "${planted[$id]:-}" ]; then
    IFS=$'\t' read -r target test green _ <<<"${planted[$id]}"
    passes none "$target" "$test" || { echo "$test fails without any mutant" >&2; exit 2; }
    if passes "$id" "$target" "$test"; then
      row "$id" SURVIVED
      wrong=1
    elif [ "$green" != - ] && ! passes "$id" "$target" "$green"; then
      row "$id" "$test, but $green fails as well"
      wrong=1
    else
      row "$id" "$test"
    fi
    continue
  fi
  test=$(killed_by "$id" pages::)
  if [ -n "${reason[$id]+is}" ]; then
    with=${partner[$id]}
    if [ -n "$test" ]; then
      row "$id" "$test, though equivalent.txt says: ${reason[$id]}"
      wrong=1
    elif [ "$with" = - ]; then
      row "$id" "(equivalent: ${reason[$id]})"
    elif test=$(killed_by "$id,$with" pages::) && [ -n "$test" ]; then
      row "$id" "$test, together with $with (alone equivalent: ${reason[$id]})"
    else
      row "$id" "SURVIVED even together with $with"
      wrong=1
    fi
    continue
  fi
  [ -n "$test" ] || test=$(killed_by "$id" walk::no_page)
  [ -n "$test" ] || wrong=1
  row "$id" "${test:-SURVIVED}"
done <"$scratch/these"
exit "$wrong"
