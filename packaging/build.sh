#!/usr/bin/env bash
# Freezes the program (build/frozen/qianqi), puts a .deb around it (dist/), measures both, and tries it out.
set -euo pipefail
cd "$(dirname "$0")/.."

# Newer than this and the program no longer starts on the machine it was built for; see docs/it-guide.md.
glibc_ceiling=${GLIBC_CEILING:-2.36}

python=.venv/bin/python
version=$("$python" -c 'import tomllib; print(tomllib.load(open("pyproject.toml", "rb"))["project"]["version"])')
architecture=$(dpkg --print-architecture)
frozen=build/frozen/qianqi
stage=build/deb
package=dist/qianqi_${version}_${architecture}.deb

rm -rf "$frozen" "$stage"
mkdir -p dist
"$python" -m PyInstaller --noconfirm --log-level ERROR \
    --distpath build/frozen --workpath build/work packaging/qianqi.spec

# ---- what it needs from the machine ------------------------------------------------------------------
mapfile -t binaries < <(find "$frozen" -type f \( -name '*.so*' -o -name qianqi \))
highest() { objdump -T "${binaries[@]}" 2>/dev/null | grep -o "$1_[0-9][0-9.]*" | sort -uV | tail -1; }
glibc=$(highest GLIBC)
if [ "$(printf '%s\n' "${glibc#GLIBC_}" "$glibc_ceiling" | sort -V | tail -1)" != "$glibc_ceiling" ]; then
    echo "the bundle needs $glibc, above the ceiling of $glibc_ceiling" >&2
    exit 1
fi
listed=$(grep -v '^#' packaging/system-libraries.txt)
while read -r soname; do
    [ -n "$(find "$frozen" -name "$soname" -print -quit)" ] && continue
    case $soname in
        libm.so.6 | libdl.so.2 | libresolv.so.2 | librt.so.1 | libpthread.so.0 | libutil.so.1 | ld-linux-*) continue ;; # parts of libc6
        libcups.so.2) continue ;; # recommended only: without it there is no printer to choose, nothing else
    esac
    awk -v soname="$soname" '$1 == soname && $3 == "system" {found = 1} END {exit !found}' <<<"$listed" || {
        echo "$soname is neither in the bundle nor in packaging/system-libraries.txt" >&2
        exit 1
    }
done < <(objdump -p "${binaries[@]}" | awk '/NEEDED/ {print $2}' | sort -u)

# ---- the .deb ----------------------------------------------------------------------------------------
mkdir -p "$stage/DEBIAN" "$stage/opt" "$stage/usr/bin" "$stage/usr/share/applications" \
    "$stage/usr/share/icons/hicolor/scalable/apps"
cp -a "$frozen" "$stage/opt/qianqi"
"$python" packaging/licences.py "$frozen" "$stage/usr/share/doc/qianqi"
ln -s /opt/qianqi/qianqi "$stage/usr/bin/qianqi"
cp packaging/deb/qianqi.desktop "$stage/usr/share/applications/"
cp packaging/deb/qianqi.svg "$stage/usr/share/icons/hicolor/scalable/apps/"
chmod -R u=rwX,go=rX "$stage"

# Debian 13 renamed libglib2.0-0; both names are the same library.
depends=$(awk '$3 == "system" {print $2}' <<<"$listed" | sort -u \
    | sed -e "s/^libc6$/libc6 (>= ${glibc#GLIBC_})/" -e 's/^libglib2.0-0$/libglib2.0-0 | libglib2.0-0t64/' \
    | paste -sd, | sed 's/,/, /g')
sed -e "s/@VERSION@/$version/" -e "s/@ARCH@/$architecture/" -e "s/@DEPENDS@/$depends/" \
    -e "s/@SIZE@/$(du -sk --exclude=DEBIAN "$stage" | cut -f1)/" packaging/deb/control.in >"$stage/DEBIAN/control"
dpkg-deb -Zxz --root-owner-group --build "$stage" "$package" >/dev/null

echo "frozen   $(du -sh "$frozen" | cut -f1)  $frozen"
echo "package  $(du -h "$package" | cut -f1)  $package"
echo "needs    $glibc, $(highest GLIBCXX)"

packaging/smoke.sh "$package"
