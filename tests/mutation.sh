#!/usr/bin/env bash
# Whether each thing that the code says about the cache is missed when it is left out.
#
#   tests/mutation.sh             all mutants
#   tests/mutation.sh PATTERN     those whose id matches this extended regular expression
#
# A mutant is the program without one topic of one read or write, without one look at the clock, or with one that is a
# microsecond early. They are found in the sources by tests/mutation/instrument.pl, in a copy below target/mutation that is built
# once, each switched on by its name: what is added to the code is tried without being listed here. First each test of
# tests/coherence/pages runs by itself without a mutant and writes down which ones it comes by; then each mutant goes through the
# tests that do, and one that survives through a short random walk with a fixed seed. MUTATION_JOBS of them at a time, else as
# many as there are processors; what found one out the last time, here or as tests/mutation/killers.txt has it, is tried first.
#
# tests/mutation/planted.txt lists what no page shows, with the test that must miss it and perhaps one that must not.
# tests/mutation/equivalent.txt lists those that nothing can show, each with the reason, and with the mutants, if any, in
# whose company it must be found out. It is an error when one of them is found out, or is no mutant any more.
#
# Runs on SQLite, and without a Redis that others use. Some minutes to build, then a minute of one processor for each mutant that
# survives and less for the others. Not part of tests/run.sh, which only looks whether the lists are about mutants that there are
# (tests/mutation/listed.sh). Needs perl. What is not committed is tried as well.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

pattern=${1:-.}
at_a_time=${MUTATION_JOBS:-$(nproc)}
kept=$PWD/target/mutation
tree=$kept/tree
scratch=$(mktemp -d)
binary=
trap 'rm -rf "$scratch"' EXIT

# Runs the tests until one fails, which must be for a page that is not what it should be: prints which, or nothing when all passed.
killed_by() { # mutants tests…
  local here log pid name expected
  here=$(mktemp -d -p "$scratch")
  log=$here.log
  : >"$log"
  (cd "$tree" && MUTANT=$1 TMPDIR=$here RUST_BACKTRACE=0 RUST_LOG=off WALK_SEED=1 WALK_CASES=2 WALK_STEPS=20 \
    exec "$binary" "${@:2}" --nocapture) >"$log" 2>&1 &
  pid=$!
  while kill -0 "$pid" 2>/dev/null && ! grep -q '\.\.\. FAILED$' "$log"; do sleep 0.2; done
  kill -KILL "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  rm -rf "$here"
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
  local here
  here=$(mktemp -d -p "$scratch")
  (cd "$tree" && MUTANT=$1 TMPDIR=$here RUST_BACKTRACE=0 RUST_LOG=off exec "${binaries[$2]}" --exact "$3") >"$here.log" 2>&1 </dev/null || true
  rm -rf "$here"
  if grep -q '^test result: ok. 1 passed' "$here.log"; then return; fi
  grep -q '^test result: FAILED. 0 passed; 1 failed' "$here.log" || { cat "$here.log" >&2; echo "$1: $3 did not run" >&2; exit 2; }
  return 1
}

# The program of a target's tests.
built() { # target
  local said
  said=$(cd "$tree" && CARGO_TARGET_DIR=$kept cargo test --locked --test "$1" --no-run 2>&1) || {
    printf '%s\n' "$said" >&2
    exit 2
  }
  printf '%s\n' "$said" | sed -n 's/^ *Executable .*(\(.*\))$/\1/p'
}

row() { printf '%-58s | %s\n' "$1" "$2"; }

# Does something with each line of the standard input, some at a time. Whether all went well.
each() { # what
  local line well=0 running=()
  while read -r line; do
    [ "$(jobs -rp | wc -l)" -lt "$at_a_time" ] || wait -n || true
    "$1" "$line" &
    running+=("$!")
  done
  for pid in ${running[@]+"${running[@]}"}; do wait "$pid" || well=1; done
  return "$well"
}

# Runs one test without a mutant, and notes which ones it comes by.
note_reached() { # test
  local failed
  failed=$(MUTANTS_REACHED=$scratch/reached/$1 killed_by none --exact "$1") || exit
  [ -z "$failed" ] || { echo "$1 fails without any mutant" >&2; exit 2; }
}

# The same as killed_by, with the pages' tests that come by one of the mutants.
killed_by_pages() { # mutants
  local tests
  mapfile -t tests < <(cd "$scratch/reached" && grep -lxF -- "${1//,/$'\n'}" ./* | cut -c3-)
  [ "${#tests[@]}" = 0 ] || killed_by "$1" --exact "${tests[@]}"
}

of_others() { # id
  local test=
  [ -z "${earlier[$1]:-}" ] || test=$(killed_by "$1" --exact "${earlier[$1]}") || exit
  [ -n "$test" ] || test=$(killed_by_pages "$1") || exit
  [ -n "$test" ] || test=$(killed_by "$1" walk::no_page) || exit
  row "$1" "${test:-SURVIVED}"
  [ -n "$test" ] || return 1
  printf '%s\t%s\n' "$1" "$test" >>"$kept/killers"
}

of_planted() { # id
  local target test green
  IFS=$'\t' read -r target test green _ <<<"${planted[$1]}"
  passes none "$target" "$test" || { echo "$test fails without any mutant" >&2; exit 2; }
  if passes "$1" "$target" "$test"; then
    row "$1" SURVIVED
    return 1
  elif [ "$green" != - ] && ! passes "$1" "$target" "$green"; then
    row "$1" "$test, but $green fails as well"
    return 1
  fi
  row "$1" "$test"
}

# With more left out no page is made anew that was not before: what survives in company survives alone. In company that is found
# out, each is tried alone.
of_equivalent() { # mutants, none of whom is in the other's company in the list
  local id test well=0
  test=$(killed_by_pages "$1") || exit
  [ -n "$test" ] || return 0
  for id in ${1//,/ }; do
    test=$(killed_by_pages "$id") || exit
    [ -n "$test" ] || continue
    row "$id" "$test, though equivalent.txt says: ${reason[$id]}"
    well=1
  done
  return "$well"
}

of_company() { # mutants that must be found out together
  local id test
  test=$(killed_by_pages "$1") || exit
  for id in ${1//,/ }; do
    # Whoever keeps another company may well be found out alone.
    [ "${partner[$id]:--}" != - ] || continue
    if [ -n "$test" ]; then
      row "$id" "$test, together with ${partner[$id]} (alone equivalent: ${reason[$id]})"
    else
      row "$id" "SURVIVED even together with ${partner[$id]}"
    fi
  done
  [ -n "$test" ]
}

unset TEST_DATABASE_URL TEST_REDIS_URL
mkdir -p "$tree" "$scratch/new" "$scratch/reached"
touch "$kept/killers"
git ls-files --cached --others --exclude-standard | while read -r file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
  xargs -0 cp --parents -t "$scratch/new"
(cd "$scratch/new" && perl tests/mutation/instrument.pl && cp tests/mutation/mutants.rs src/mutants.rs) >"$scratch/ids"
# What is as it was keeps its age, so that cargo builds no more than it must.
(cd "$scratch/new" && find . -type f) | while read -r file; do
  cmp -s "$scratch/new/$file" "$tree/$file" || (cd "$scratch/new" && cp --parents "$file" "$tree")
done
(cd "$tree" && find . -type f) | while read -r file; do [ -e "$scratch/new/$file" ] || rm "$tree/$file"; done

declare -A binaries earlier planted partner reason company together
while IFS=$'\t' read -r id test; do earlier[$id]=$test; done < <(cat tests/mutation/killers.txt "$kept/killers")
for id in "${!earlier[@]}"; do printf '%s\t%s\n' "$id" "${earlier[$id]}"; done >"$kept/killers"
while IFS=$'\t' read -r id rest; do
  case $id in '' | '#'*) continue ;; esac
  planted[$id]=$rest
done <tests/mutation/planted.txt
while IFS=$'\t' read -r id with why; do
  case $id in '' | '#'*) continue ;; esac
  partner[$id]=$with
  reason[$id]=$why
done <tests/mutation/equivalent.txt
grep -E -- "$pattern" "$scratch/ids" >"$scratch/these" || { echo "no mutant is called $pattern" >&2; exit 2; }
touch "$scratch"/{planted,others,equivalent}
while read -r id; do
  if [ -n "${planted[$id]:-}" ]; then
    echo "$id" >>"$scratch/planted"
    target=${planted[$id]%%$'\t'*}
    [ -n "${binaries[$target]:-}" ] || binaries[$target]=$(built "$target")
  elif [ -n "${reason[$id]:-}" ]; then
    echo "$id" >>"$scratch/equivalent"
    # Those who are in one another's company come into different ones.
    place=alone
    if [ "${partner[$id]}" != - ]; then
      place=0
      for other in ${partner[$id]//,/ }; do [[ $other > $id ]] || place=$((place + 1)); done
      all=$(printf '%s\n' "$id" ${partner[$id]//,/ } | sort | paste -sd,)
      together[$all]=1
    fi
    company[$place]=${company[$place]:-}${company[$place]:+,}$id
  else
    echo "$id" >>"$scratch/others"
  fi
done <"$scratch/these"

wrong=0
tests/mutation/listed.sh || wrong=1
if [ -s "$scratch/others" ] || [ -s "$scratch/equivalent" ]; then
  binary=$(built coherence)
  (cd "$tree" && "$binary" --list pages::) | sed -n 's/: test$//p' >"$scratch/tests"
  each note_reached <"$scratch/tests" || exit 2
fi
row 'mutant' 'killed by'
each of_planted <"$scratch/planted" || wrong=1
each of_others <"$scratch/others" || wrong=1
printf '%s\n' "${company[@]}" | grep . >"$scratch/companies" || true
printf '%s\n' "${!together[@]}" | grep . >"$scratch/together" || true
if each of_equivalent <"$scratch/companies"; then
  while read -r id; do
    [ "${partner[$id]}" != - ] || row "$id" "(equivalent: ${reason[$id]})"
  done <"$scratch/equivalent"
else
  wrong=1
fi
each of_company <"$scratch/together" || wrong=1
exit "$wrong"
