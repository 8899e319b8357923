#!/usr/bin/env bash
# Runs every test suite and adds up what they say. Ends with one line: "N passed, N failed".
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
source deploy/setup/machine.sh
source deploy/setup/build.sh

filter=${1:-}
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
passed=0 failed=0 skipped=0

count() { # count SUITE PASSED FAILED SKIPPED
    echo "  $1: $2 passed, $3 failed, $4 skipped"
    passed=$((passed + $2)); failed=$((failed + $3)); skipped=$((skipped + $4))
}

# A suite that ends without its result file has crashed: that is one failure, never silence.
dotnet_suite() { # dotnet_suite NAME PROJECT [FILTER]
    local trx="$results/$1.trx" line p f s
    say "testing $1"
    # shellcheck disable=SC2086
    dotnet test "$2" -c Release --nologo -v q --logger "trx;LogFileName=$trx" --logger "console;verbosity=minimal" \
        ${3:+--filter "$3"} >"$results/$1.log" 2>&1
    local status=$?
    grep -E '^\s+(Failed|Skipped|\[.*(FAIL|SKIP))|error' "$results/$1.log" | sort -u | head -n 60
    if [ ! -f "$trx" ]; then
        [ -n "${3:-}" ] && grep -q 'No test matches' "$results/$1.log" && return
        tail -n 40 "$results/$1.log"; count "$1" 0 1 0; return
    fi
    [ $status = 0 ] || { grep -A 25 -E '^\s+Failed ' "$results/$1.log" | head -n 200; }
    line=$(grep -o '<Counters [^>]*' "$trx" | head -n 1)
    p=$(sed 's/.* passed="\([0-9]*\)".*/\1/' <<<"$line")
    f=$(sed 's/.* failed="\([0-9]*\)".*/\1/' <<<"$line")
    s=$(grep -c 'outcome="NotExecuted"' "$trx" || true)
    if [ $status != 0 ] && [ "$f" = 0 ]; then tail -n 40 "$results/$1.log"; f=1; fi
    count "$1" "$p" "$f" "$s"
}

node_suite() { # node_suite NAME FOLDER: the folder's own `npm test` prints node's or vitest's summary
    local log="$results/$1.log" p f s
    say "testing $1"
    npm_install "$2" || { count "$1" 0 1 0; return; }
    (cd "$2" && NO_COLOR=1 npm test --silent) >"$log" 2>&1
    local status=$?
    p=$(sed -n -e 's/^[#ℹ] pass \([0-9]*\).*/\1/p' -e 's/^ *Tests .*[^0-9]\([0-9][0-9]*\) passed.*/\1/p' -e 's/^ *Tests *\([0-9][0-9]*\) passed.*/\1/p' "$log" | tail -n 1)
    f=$(sed -n -e 's/^[#ℹ] fail \([0-9]*\).*/\1/p' -e 's/^ *Tests *\([0-9][0-9]*\) failed.*/\1/p' "$log" | tail -n 1)
    s=$(sed -n -e 's/^[#ℹ] skipped \([0-9]*\).*/\1/p' "$log" | tail -n 1)
    if [ "$1" = e2e ] || [ $status != 0 ]; then cat "$log"; fi
    if [ $status != 0 ] && [ "${f:-0}" = 0 ]; then f=1; fi
    count "$1" "${p:-0}" "${f:-0}" "${s:-0}"
}

cluster_suite() { # cluster_suite [FILTER]
    if cluster_restores; then dotnet_suite cluster tests/SanaLive.Cluster.Tests "$@"
    else say "cluster: skipped, $(why_cluster_does_not_restore)"
    fi
}

runtime=tests/SanaLive.Runtime.Tests sessions=tests/SanaLive.Sessions.Tests rtc=tests/SanaLive.Rtc.Tests web=tests/SanaLive.Web.Tests eval=tests/eval/SanaLive.Eval.Tests

case "$filter" in
    golden) need_run_packages --without-page; dotnet_suite golden $runtime "FullyQualifiedName~Golden" ;;
    runtime|sessions|web|eval) need_run_packages --without-page; dotnet_suite "$filter" "${!filter}" ;;
    rtc) need_test_packages; dotnet_suite rtc $rtc ;;
    cluster) need_test_packages; cluster_suite ;;
    page) need_node; npm_install clients/typescript; node_suite client clients/typescript; node_suite page web/app ;;
    e2e) need_test_packages; build_page; build_dotnet web/SanaLive.Web; node_suite e2e tests/e2e ;;
    *)
        need_test_packages
        by_name=${filter:+FullyQualifiedName~$filter}
        dotnet_suite runtime $runtime "$by_name"
        dotnet_suite sessions $sessions "$by_name"
        dotnet_suite rtc $rtc "$by_name"
        dotnet_suite web $web "$by_name"
        dotnet_suite eval $eval "$by_name"
        cluster_suite "$by_name"
        if [ -z "$filter" ]; then
            npm_install clients/typescript
            node_suite client clients/typescript
            node_suite page web/app
            build_page && build_dotnet web/SanaLive.Web && node_suite e2e tests/e2e || count e2e 0 1 0
        fi
        ;;
esac

[ $((passed + failed)) -gt 0 ] || { say "no test matches '$filter'"; exit 2; }
[ "$skipped" = 0 ] || echo "  $skipped skipped (each says why above)"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
