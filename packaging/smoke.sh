#!/usr/bin/env bash
# Plays the practice month from a .deb, unpacked in an empty place where neither our Python nor our source exists.
set -euo pipefail
cd "$(dirname "$0")/.."
package=$(realpath "${1:?which .deb}")
repository=$PWD
python=$repository/.venv/bin/python
place=$(mktemp -d /tmp/qianqi-smoke.XXXXXX)
trap 'rm -rf "$place"' EXIT
dpkg-deb -x "$package" "$place/root"
mkdir "$place/home" "$place/away" "$place/runtime"
chmod 700 "$place/runtime"

# Where the kernel lets us, every Python and the checkout are hidden, so that nothing can be borrowed from them.
mapfile -t hidden < <("$python" -c 'import sys; print(sys.prefix, sys.base_prefix + "/lib", sep="\n")' \
    | sed 's|^/usr/lib$|/usr/lib/python3|')
hidden+=("$repository" /usr/lib/python3.11)
hide='for folder in "$@"; do [ ! -d "$folder" ] || mount -t tmpfs none "$folder"; done'
if unshare --mount --map-root-user true 2>/dev/null; then
    apart=(unshare --mount --map-root-user bash -c "$hide; shift \$#; exec env -i \"\${ENVIRONMENT[@]}\"" --)
fi
