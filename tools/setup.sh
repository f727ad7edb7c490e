#!/usr/bin/env bash
# Makes a fresh Debian 12 + Python 3.11 machine ready: tools/setup.sh run|test|package
# System packages come through apt and only where missing; Python packages live in .venv of this checkout.
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:-run}

say() { printf '%s\n' "$*"; }
have_library() { /sbin/ldconfig -p 2>/dev/null | grep -F "$1 " >/dev/null; }

# ---- system packages ------------------------------------------------------------------------------
find_python() {
    local name
    for name in ${PYTHON:-} python3 python3.11 python3.12 python3.13 /usr/bin/python3; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
}

chinese_font_installed() {
    if command -v fc-list >/dev/null; then
        [ -n "$(fc-list :lang=zh-cn family)" ]
    else
        dpkg-query -W -f='${db:Status-Abbrev}' fonts-wqy-microhei 2>/dev/null | grep -q '^ii'
    fi
}

libreoffice_calc_installed() {
    # The core alone also answers to `soffice`, yet cannot open a workbook.
    local program
    program=$(readlink -f "$(command -v soffice)") && [ -e "$(dirname "$program")/libsclo.so" ]
}

missing=()
# Asked by library, not by package: names of packages differ between releases, sonames do not.
while read -r soname package _; do
    have_library "$soname" || missing+=("$package")
done < <(grep -v '^#' packaging/system-libraries.txt)
chinese_font_installed || missing+=(fonts-wqy-microhei)
python=$(find_python)
if [ -z "$python" ]; then
    missing+=(python3 python3-venv)
elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    missing+=(python3-venv)
fi
if [ "$purpose" = test ]; then
    libreoffice_calc_installed || missing+=(libreoffice-calc)
    command -v Xvfb >/dev/null || missing+=(xvfb)
    command -v pdftotext >/dev/null || missing+=(poppler-utils) # printed papers are read back
    command -v xauth >/dev/null || missing+=(xauth)
fi
if [ "$purpose" = package ]; then
    command -v objdump >/dev/null || missing+=(binutils)
    # Debian's own Python is linked without its library, which the frozen program needs.
    shared=$("$python" -c 'import sys; print("libpython%d.%d" % sys.version_info[:2], sys.base_prefix)' 2>/dev/null) || true
    [ "${shared#* }" != /usr ] || have_library "${shared% *}.so.1.0" || missing+=("${shared% *}")
fi

if [ ${#missing[@]} -gt 0 ]; then
    command="apt-get install -y --no-install-recommends ${missing[*]}"
    if ! command -v apt-get >/dev/null; then
        say "缺少系统组件，本机没有 apt，请用系统的软件包管理器安装：${missing[*]}"
        say "Missing system packages; there is no apt here, install their equivalents: ${missing[*]}"
        exit 1
    fi
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            say "缺少系统组件，需要管理员权限，请先执行下面这一条命令 / Missing system packages, please run:"
            say "    sudo sh -c 'apt-get update && $command'"
            exit 1
        fi
        as_root=(sudo -n)
    fi
    say "正在安装系统组件 / installing system packages: ${missing[*]}"
    # A list that cannot be refreshed (one broken source) need not keep the packages from being there.
    "${as_root[@]}" apt-get -qq update || true
    log=$(mktemp)
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
        install -qq -y --no-install-recommends "${missing[@]}" >"$log" 2>&1 || {
        cat "$log"
        say "安装失败，原因见上；请检查软件源后重试，或手工执行 / installing failed, see above; by hand: $command"
        exit 1
    }
    rm -f "$log"
    python=$(find_python)
fi

# ---- Python packages ------------------------------------------------------------------------------
# The stamp names what the environment was made from; it is made again only when that changes.
wanted="$(sha256sum pyproject.toml | cut -d' ' -f1) $PWD"
if [ "$(cat .venv/.ready 2>/dev/null)" != "$wanted" ] || ! .venv/bin/python -c '' 2>/dev/null; then
    say "正在准备 Python 环境（.venv），首次约需几分钟 / preparing the Python environment (.venv)"
    .venv/bin/python -c 'import sys; sys.exit(sys.prefix == sys.base_prefix)' 2>/dev/null \
        || "$python" -m venv --clear .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input -e '.[dev]'
    printf '%s\n' "$wanted" >.venv/.ready
fi
