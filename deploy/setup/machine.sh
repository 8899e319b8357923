# What the machine must have. Sourced by ./sanalive; says what it installs, installs nothing that is there.

say() { echo "sanalive: $*" >&2; }
die() { say "$*"; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else die "this needs root or sudo: $*"
    fi
}

# need_commands PURPOSE:COMMAND:DEBIAN_PACKAGE ... : installs the packages of missing commands on Debian and Ubuntu.
need_commands() {
    local entry purpose name package missing=() why=()
    for entry in "$@"; do
        IFS=: read -r purpose name package <<<"$entry"
        if ! has "$name"; then
            missing+=("$package")
            why+=("$package ($purpose)")
        fi
    done
    [ ${#missing[@]} = 0 ] && return
    if ! command -v apt-get >/dev/null; then
        die "please install, with your system's package manager: ${why[*]}. Then run this command again."
    fi
    say "installing from the system's packages: ${why[*]}"
    install_packages "${missing[@]}"
}

# has NAME: a command, 'lib*.so*' a shared library, 'python:MODULE' a module of the system's Python.
has() {
    case "$1" in
        # Not through a pipe: grep -q would end it early, which pipefail takes for an error.
        lib*.so*) [[ "$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p)" == *"${1%.so*}.so"* ]] ;;
        # Debian keeps the server's programs out of the way.
        initdb) command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ;;
        python=*) /usr/bin/python3 -c "import ${1#python=}" 2>/dev/null ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

install_packages() {
    export DEBIAN_FRONTEND=noninteractive
    if ! as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1; then
        as_root apt-get update -qq
        as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
    fi
}

need_dotnet() {
    if command -v dotnet >/dev/null && [[ $'\n'"$(dotnet --list-sdks)" == *$'\n10.'* ]]; then return; fi
    if command -v apt-get >/dev/null; then
        as_root apt-get update -qq || true
        if apt-cache show dotnet-sdk-10.0 >/dev/null 2>&1; then
            say "installing from the system's packages: dotnet-sdk-10.0 (the language this is written in)"
            install_packages dotnet-sdk-10.0
            return
        fi
    fi
    die "please install the .NET SDK 10 (its download page has a package or a script for every system). Then run this command again."
}

# The page's build tool needs Node 20.19. Where the system's is older (Debian 12, Ubuntu 24.04), a newer one from npm serves this folder alone.
node_for_page=22.20.0
need_node() {
    need_commands "builds the page:node:nodejs" "builds the page:npm:npm"
    if new_enough; then return; fi
    local arch folder="$root/.sanalive/node"
    case "$(uname -m)" in
        x86_64) arch=x64 ;;
        aarch64) arch=arm64 ;;
        *) die "the page needs Node 20.19 or newer to build; this is $(node --version). Please install a newer one." ;;
    esac
    local bin="$folder/node_modules/node-linux-$arch/bin"
    if [ ! -x "$bin/node" ]; then
        say "Node $(node --version) is too old for the page's build: installing $node_for_page from npm into .sanalive/node"
        mkdir -p "$folder"
        npm install --no-audit --no-fund --loglevel=error --prefix "$folder" "node-linux-$arch@$node_for_page" >&2
    fi
    PATH="$bin:$PATH"
    new_enough || die "the page needs Node 20.19 or newer to build, and $bin/node is $(node --version)."
}

new_enough() { node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'; }

# need_run_packages [--without-page]
need_run_packages() {
    need_dotnet
    need_commands "writes video files:ffmpeg:ffmpeg" "encodes the stream:libvpx.so:$(libvpx_package)" "encrypts the stream:libssl.so:openssl"
    [ "${1:-}" = --without-page ] || need_node
}

# libvpx's package carries its ABI number in its name; ffmpeg depends on the one that this system has.
libvpx_package() {
    local name
    name=$(apt-cache depends ffmpeg 2>/dev/null | sed -n 's/.*Depends: \(libvpx[0-9]*\)$/\1/p' | head -n 1)
    [ -n "$name" ] || name=$(apt-cache pkgnames libvpx 2>/dev/null | grep -E '^libvpx[0-9]+$' | sort -V | tail -n 1)
    echo "${name:-libvpx-dev}"
}

# Debian has Chromium as a package; Ubuntu's package of that name is only a door to a snap, so any Chrome does there.
need_browser() {
    if ! find_chromium >/dev/null; then need_commands "plays the stream in the end-to-end tests and benchmarks:chromium:chromium"; fi
}

need_test_packages() {
    need_run_packages
    need_browser
    need_commands "keeps sessions in a test:initdb:postgresql"
    need_commands "is a second, independent WHEP client:python=aiortc:python3-aiortc"
}

# The evaluation draws fresh pictures of the world and words its prompts with the training code.
need_eval_packages() {
    need_dotnet
    need_commands "draws the world for the evaluation:python3:python3" "draws the world for the evaluation:python=torch:python3-torch" "draws the world for the evaluation:python=numpy:python3-numpy"
}

# The bench holds the engine against PyTorch with the system's best BLAS.
need_reference_packages() {
    need_commands "is what the engine is compared with:python3:python3" "is what the engine is compared with:python=torch:python3-torch" \
        "is what the engine is compared with:python=numpy:python3-numpy" "is PyTorch's matrix product:libopenblas.so:libopenblas0-pthread"
}

find_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
