#!/usr/bin/env bash
# make run: the window where there is a screen; else one practice month played without one, left in out/.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec .venv/bin/qianqi
fi
printf '没有显示器，演示一个月的工作，结果写入 out/ / no display: playing one practice month into out/\n'
QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8 .venv/bin/qianqi demo --out out
printf '\n演示结果 / what is in out/:\n'
find out -maxdepth 2 -type f -printf '%10s  %p\n' | sort -k2
