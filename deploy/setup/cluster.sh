#!/usr/bin/env bash
# A cluster on this machine: PostgreSQL, two silos and a web server, until Ctrl-C. What it keeps is gone when it ends.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
source deploy/setup/machine.sh
source deploy/setup/build.sh

port=8080
while [ $# -gt 0 ]; do
    case "$1" in
        --port) port=${2:?--port needs a number}; shift 2 ;;
        *) die "there is no option '$1'. usage: ./sanalive cluster [--port N]" ;;
    esac
done

need_run_packages
need_commands "keeps the sessions of the cluster:initdb:postgresql"
cluster_restores || die "no cluster here: $(why_cluster_does_not_restore). ./sanalive run needs none of this."
build_page
build_dotnet silo/SanaLive.Silo
build_dotnet web/SanaLive.Web

folder=$(mktemp -d "${TMPDIR:-/tmp}/sanalive-cluster-XXXXXX")
programs=$(dirname "$(command -v initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1)")
pids=()
# PostgreSQL refuses to run as root.
as_nobody() { if [ "$(id -u)" = 0 ]; then runuser -u nobody -- "$@"; else "$@"; fi; }

finish() {
    trap - EXIT INT TERM
    say "stopping"
    local pid
    # The web server first, then the silos, the database last.
    for ((pid = ${#pids[@]} - 1; pid >= 0; pid--)); do kill "${pids[pid]}" 2>/dev/null || true; done
    for ((pid = ${#pids[@]} - 1; pid >= 0; pid--)); do wait "${pids[pid]}" 2>/dev/null || true; done
    as_nobody "$programs/pg_ctl" -D "$folder/pg/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap finish EXIT INT TERM

mkdir -m 755 "$folder/pg"
chmod 755 "$folder"
[ "$(id -u)" != 0 ] || chown nobody "$folder/pg"
say "starting PostgreSQL in $folder"
(cd "$folder/pg" && as_nobody "$programs/initdb" -D "$folder/pg/data" -U sanalive -A trust --locale=C -E UTF8 >/dev/null &&
    as_nobody "$programs/pg_ctl" -D "$folder/pg/data" -w -l "$folder/pg/log" -o "-k $folder/pg -c listen_addresses=" start >/dev/null)
database="Host=$folder/pg;Username=sanalive;Database=postgres"

# Each has half of the threads: more would be measured alone and be slower in company.
threads=$(($(nproc) > 1 ? $(nproc) / 2 : 1))
wait_for() { # wait_for LOG TEXT PID
    until grep -q "$2" "$1" 2>/dev/null; do kill -0 "$3" 2>/dev/null || { cat "$1" >&2; die "it ended before it was ready"; }; sleep 0.2; done
}
for silo in 1 2; do
    SanaLive__Cluster="$database" dotnet silo/SanaLive.Silo/bin/Release/net10.0/SanaLive.Silo.dll --name "silo-$silo" --apply-schema true --advertise 127.0.0.1 \
        --data "$folder/data" --threads "$threads" --silo-port $((11110 + silo)) --gateway-port $((29999 + silo)) --health-port $((port + silo)) \
        >"$folder/silo-$silo.log" 2>&1 &
    pids+=($!)
done
for silo in 1 2; do wait_for "$folder/silo-$silo.log" "is ready" "${pids[silo - 1]}"; done
SanaLive__Cluster="$database" dotnet web/SanaLive.Web/bin/Release/net10.0/SanaLive.Web.dll --port "$port" >"$folder/web.log" 2>&1 &
pids+=($!)
wait_for "$folder/web.log" "SanaLive is ready" "${pids[2]}"

cat <<TEXT
$(grep -o 'SanaLive is ready: .*' "$folder/web.log")

Create a stream there and watch it move from silo to silo:
  curl -X POST localhost:$((port + 1))/drain      sends the sessions of silo-1 (process ${pids[0]}) to silo-2
  kill -TERM ${pids[0]}                           the same, and ends it
  kill -KILL ${pids[0]}                           its sessions go on on silo-2 from their last snapshots
  curl localhost:$port/api/status                 engines, places and sessions of both
Logs: $folder/*.log. Ctrl-C ends everything.
TEXT
wait "${pids[2]}"
