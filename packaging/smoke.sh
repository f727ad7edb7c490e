#!/usr/bin/env bash
# Plays the practice month from a .deb unpacked in an empty place, where neither Python nor our source can be found.
set -euo pipefail
cd "$(dirname "$0")/.."
package=$(realpath "${1:?usage: smoke.sh PACKAGE.deb}")
repository=$PWD
python=$repository/.venv/bin/python

place=$(mktemp -d /tmp/qianqi-smoke.XXXXXX)
trap 'rm -rf "$place"' EXIT
dpkg-deb -x "$package" "$place/root"
mkdir -p "$place/home" "$place/away" "$place/out"
mkdir -m 700 "$place/runtime"
PYTHONPATH=$repository "$python" packaging/ledgers.py "$place/ledgers"

# What an office machine would do, with nothing in its environment but a home.
cat >"$place/play.sh" <<END
set -e
cd "$place/away"
qianqi() {
    env -i HOME="$place/home" XDG_RUNTIME_DIR="$place/runtime" LC_ALL=C.UTF-8 PATH=/nowhere \
        QT_QPA_PLATFORM=offscreen "$place/root/opt/qianqi/qianqi" "\$@"
}
qianqi --help >"$place/out/help.txt"
# Each step says that it began: a step that fails ends the trial, and is the last one named.
step() {
    echo "  \$1" >&2
    qianqi "\$@" --data "\$data"
}

data=$place/street
step init --unit 360103002 --person 试装
for ledger in "$place/ledgers"/*; do
    step import "\$ledger" --register visit --dry-run --json >"$place/out/\${ledger##*.}.json"
done
step import "$place/ledgers/台账.xls" --register visit
step template --unit 360103002 --period 2024-05 --out "$place/out/template.xlsx"
step backup --out "$place/out/copy.qqbak"
step restore "$place/out/copy.qqbak"
step verify

data=$place/plain
step init --unit qszjjb --role supervisor
step handdown --out "$place/out/handdown.xlsx"
data=$place/street
step receive "$place/out/handdown.xlsx" --apply

qianqi demo --out "$place/out/demo"

# A district of the same practice year reads what the offices of the play handed in. That it differs from what
# was received there before is what exit code 1 says.
data=$place/district
step init --unit qszjjb --role supervisor --practice
step receive "$place/out/demo/回报" --json >"$place/out/receive.json" || [ \$? -eq 1 ]
step rollup --period 2024-05 --out "$place/out/rollup.xlsx"
step feedback --period 2024-05 --out "$place/out/feedback"
step bulletin --quarter 2024Q2 --out "$place/out/bulletin.docx" --json >"$place/out/bulletin.json"
step assess --year 2024 --out "$place/out/assess.xlsx"
step close --period 2024-05
step verify
END

# Every Python and the checkout disappear behind empty folders, for this process only.
cat >"$place/hide.sh" <<END
set -e
for folder in "$repository" $("$python" -c 'import sys; print(sys.base_prefix)')/lib/python3* /usr/lib/python3*; do
    [ ! -d "\$folder" ] || mount -t tmpfs none "\$folder"
done
[ ! -e "$repository/pyproject.toml" ]
exec sh "$place/play.sh"
END
if unshare --mount --map-root-user true 2>/dev/null; then
    echo "trying the package with every Python hidden"
    unshare --mount --map-root-user sh "$place/hide.sh"
else
    echo "trying the package (this kernel lets no one hide Python; PATH and environment are empty)"
    sh "$place/play.sh"
fi

"$python" packaging/inspect_demo.py "$place/out"
