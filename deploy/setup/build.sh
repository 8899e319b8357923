# How the parts are built. Sourced by ./sanalive; what is up to date is not built again.

stamps="$root/.sanalive"

# changed NAME FILE...: true when the files' contents differ from the last `remember NAME`.
fingerprint() { cat "$@" 2>/dev/null | sha256sum | cut -d' ' -f1; }
unchanged() { [ -f "$stamps/$1" ] && [ "$(cat "$stamps/$1")" = "$2" ]; }
remember() { mkdir -p "$stamps"; echo "$2" > "$stamps/$1"; }

build_dotnet() {
    say "building $1"
    dotnet build "$1" -c Release -v q --nologo -clp:ErrorsOnly >&2
}

# npm_install FOLDER: from the lock file, once per lock file.
npm_install() {
    local key="npm-${1//\//-}" now
    now=$(fingerprint "$1/package-lock.json")
    if [ -d "$1/node_modules" ] && unchanged "$key" "$now"; then return; fi
    say "installing the npm packages of $1 from its lock file"
    (cd "$1" && npm ci --no-audit --no-fund --loglevel=error) >&2
    remember "$key" "$now"
}

page_sources() {
    find web/app clients/typescript -type f -not -path '*/node_modules/*' -not -path '*/dist/*' | sort
}

build_page() {
    local now
    now=$(page_sources | tr '\n' '\0' | xargs -0 cat | sha256sum | cut -d' ' -f1)
    if [ -f web/SanaLive.Web/wwwroot/index.html ] && unchanged page "$now"; then return; fi
    npm_install clients/typescript
    npm_install web/app
    say "building the page"
    (cd web/app && npm run --silent build) >&2
    remember page "$now"
}

# What the cluster is made of is not to be had everywhere: asked once per run, so that whoever lacks it is told and loses nothing else.
cluster_restores() {
    mkdir -p "$stamps"
    dotnet restore tests/SanaLive.Cluster.Tests --nologo -v q >"$stamps/cluster-restore" 2>&1
}

why_cluster_does_not_restore() {
    local missing
    missing=$(grep -o 'Unable to find package [A-Za-z.]*[A-Za-z]' "$stamps/cluster-restore" | sort -u | head -n 1)
    echo "the packages of SanaLive.Cluster.sln cannot be restored on this machine (${missing:-$(grep -m 1 -o 'error .*' "$stamps/cluster-restore")})"
}
