#!/bin/sh
# pbcap.sh: one file about the memory of a running Linux or Android device, for `pageblock explain` and `pageblock snapshot`.
#
#   pbcap.sh [--redact] [--page-owner] [-o FILE.tgz] [SECONDS]
#
# Run it as root (Android: adb root; adb push pbcap.sh /data/local/tmp; adb shell sh /data/local/tmp/pbcap.sh).
# What may not be read is left out, and the MANIFEST in the file says so. It changes nothing, but for a trace instance of
# its own while SECONDS go by. POSIX sh; needs cat, mkdir, rm, tar; runs under dash, busybox and toybox.
#
# --redact      takes out serial numbers, MAC, IP and kernel addresses, names and command lines of processes
# --page-owner  adds debugfs page_owner, which may have hundreds of megabytes
# SECONDS       watches CMA, migration, reclaim and compaction events for so long, and samples counters once a second
#
# PBCAP_ROOT    stands in front of all paths that are read (for tests, and for file systems mounted elsewhere)

set -u
umask 077
LC_ALL=C
export LC_ALL

root=${PBCAP_ROOT:-}
redact=0
owner=0
out=
seconds=0

usage() {
  echo "usage: pbcap.sh [--redact] [--page-owner] [-o FILE.tgz] [SECONDS]" >&2
  exit 2
}

while [ $# -gt 0 ]; do
  case $1 in
    --redact) redact=1 ;;
    --page-owner) owner=1 ;;
    -o)
      [ $# -gt 1 ] || usage
      out=$2
      shift
      ;;
    -h | --help) usage ;;
    *[!0-9]* | '') usage ;;
    *) seconds=$1 ;;
  esac
  shift
done

if [ "$redact" = 1 ] && ! echo x | sed 's/x/y/' >/dev/null 2>&1; then
  echo "pbcap: --redact needs sed, which is not here; nothing was written" >&2
  exit 1
fi

# The first folder that can be written.
base=
for place in "${TMPDIR:-/tmp}" /data/local/tmp /tmp .; do
  if [ -d "$place" ] && [ -w "$place" ]; then
    base=$place
    break
  fi
done
[ -n "$base" ] || {
  echo "pbcap: no folder can be written; set TMPDIR" >&2
  exit 1
}
dir=$base/pbcap-$$
mkdir "$dir" || exit 1
instance=

cleanup() {
  [ -z "$instance" ] || {
    echo 0 >"$instance/tracing_on"
    rmdir "$instance"
  } 2>/dev/null
  rm -rf "$dir"
}
trap 'cleanup; exit 130' INT
trap 'cleanup; exit 143' TERM HUP

names=
skipped=
count=0

# Of the kernel's command line only what is about memory stays; names of tasks become "task".
filter() {
  if [ "$redact" = 0 ]; then
    cat
    return
  fi
  sed \
    -e 's/\([A-Za-z_.]*[sS]erial[A-Za-z_]*\)\([=: ][=: ]*\)[^ ,]*/\1\2REDACTED/g' \
    -e 's/[0-9A-Fa-f][0-9A-Fa-f]\(:[0-9A-Fa-f][0-9A-Fa-f]\)\{5\}/MAC/g' \
    -e 's/[0-9][0-9]*\.[0-9][0-9]*\.[0-9][0-9]*\.[0-9][0-9]*/IP/g' \
    -e 's/\([^0-9A-Fa-f:]\)\([0-9a-fA-F]\{1,4\}:\)\{3,7\}:*[0-9a-fA-F]\{1,4\}/\1IP/g' \
    -e 's/\(0x\)\{0,1\}ffff[0-9a-f]\{12\}/KADDR/g' \
    -e 's/\([Cc]ommand line:\).*\( cma=[^ ]*\).*/\1\2/' \
    -e 's/\([Cc]ommand line:\) [^c].*/\1/' \
    -e 's/^ *[^ ].*-\([0-9][0-9]*\)  *\(\[[0-9][0-9]*\]\)/ task-\1 \2/' \
    -e 's/\([Cc]omm: \)[^ ]*/\1task/g' \
    -e 's/comm=[^ ]*/comm=task/g' \
    -e 's/, tgid \([0-9]*\) ([^)]*)/, tgid \1 (task)/g' \
    -e 's/, pid \([0-9]*\) ([^)]*)/, pid \1 (task)/g' \
    -e 's/\([Kk]illed process [0-9]*\) ([^)]*)/\1 (task)/g' \
    -e 's/^\(\[[^]]*\] \[ *[0-9]*\].* \)[^ ]*$/\1task/'
}

keep() { # keep NAME SOURCE: what was written to NAME is kept if there is something in it
  if [ -s "$dir/$1" ]; then
    names="$names $1"
    count=$((count + 1))
    echo "file $1 $2" >>"$dir/MANIFEST"
  else
    rm -f "$dir/$1"
    echo "skipped $2" >>"$dir/MANIFEST"
    skipped="$skipped $2"
  fi
}

text() { # text NAME PATH
  { cat "$root$2" | filter; } >"$dir/$1" 2>/dev/null
  keep "$1" "$2"
}

binary() { # binary NAME PATH
  cat "$root$2" >"$dir/$1" 2>/dev/null
  keep "$1" "$2"
}

labelled() { # labelled NAME PATH...: each file below a line with its path
  name=$1
  shift
  for path in "$@"; do
    [ -f "$path" ] || continue
    echo "==> ${path#"$root"} <=="
    cat "$path" 2>/dev/null || echo "(not readable)"
    echo
  done | filter >"$dir/$name"
  keep "$name" "${1#"$root"}"
}

output() { # output NAME COMMAND...
  name=$1
  shift
  { "$@" 2>/dev/null | filter; } >"$dir/$name"
  keep "$name" "$*"
}

page_size() {
  size=$(getconf PAGESIZE 2>/dev/null) && [ -n "$size" ] && {
    echo "$size"
    return
  }
  while read -r key value _; do
    [ "$key" = KernelPageSize: ] && {
      echo $((value * 1024))
      return
    }
  done </proc/self/smaps 2>/dev/null
  echo unknown
}

tracefs=
for place in /sys/kernel/tracing /sys/kernel/debug/tracing; do
  if [ -z "$root" ] && [ -d "$place/instances" ] && [ -w "$place/instances" ]; then
    tracefs=$place
    break
  fi
done

watch() {
  if [ -n "$tracefs" ] && mkdir "$tracefs/instances/pbcap-$$" 2>/dev/null; then
    instance=$tracefs/instances/pbcap-$$
    echo 8192 >"$instance/buffer_size_kb" 2>/dev/null
    for event in cma page_isolation migrate kmem/mm_page_alloc_extfrag \
      vmscan/mm_vmscan_kswapd_wake vmscan/mm_vmscan_kswapd_sleep \
      vmscan/mm_vmscan_direct_reclaim_begin vmscan/mm_vmscan_direct_reclaim_end \
      compaction/mm_compaction_begin compaction/mm_compaction_end oom/mark_victim dmabuf_heap; do
      echo 1 >"$instance/events/$event/enable" 2>/dev/null
    done
    echo 1 >"$instance/tracing_on" 2>/dev/null
  else
    echo "skipped tracing" >>"$dir/MANIFEST"
  fi
  at=0
  while [ "$at" -lt "$seconds" ]; do
    sleep 1
    at=$((at + 1))
    echo "# second $at"
    cat "$root/proc/buddyinfo" "$root/proc/vmstat" "$root/proc/meminfo" 2>/dev/null
  done >"$dir/series.txt"
  if [ -n "$instance" ]; then
    echo 0 >"$instance/tracing_on" 2>/dev/null
    filter <"$instance/trace" >"$dir/trace.txt" 2>/dev/null
    rmdir "$instance" 2>/dev/null
    instance=
  fi
}

{
  echo "pbcap 1"
  echo "page_size $(page_size)"
  echo "uid $(id -u 2>/dev/null || echo unknown)"
  [ "$redact" = 1 ] && echo "redacted yes"
} >"$dir/MANIFEST"

[ "$seconds" -gt 0 ] && watch

# One moment: frames, then the tables from the shortest on, then the frames again: the nearer reading is taken later.
binary kpageflags.1.bin /proc/kpageflags
text uptime.txt /proc/uptime
text buddyinfo.txt /proc/buddyinfo
text pagetypeinfo.txt /proc/pagetypeinfo
text meminfo.txt /proc/meminfo
text zoneinfo.txt /proc/zoneinfo
text vmstat.txt /proc/vmstat
set -- "$root"/sys/kernel/debug/cma/*/count "$root"/sys/kernel/debug/cma/*/used \
  "$root"/sys/kernel/debug/cma/*/maxchunk "$root"/sys/kernel/debug/cma/*/order_per_bit \
  "$root"/sys/kernel/debug/cma/*/base_pfn "$root"/sys/kernel/debug/cma/*/bitmap \
  "$root"/sys/kernel/debug/cma/*/ranges/*/base_pfn "$root"/sys/kernel/debug/cma/*/ranges/*/bitmap
labelled cma_debugfs.txt "$@"
set -- "$root"/sys/kernel/mm/cma/*/*
labelled cma_sysfs.txt "$@"
binary kpageflags.2.bin /proc/kpageflags
binary kpagecount.bin /proc/kpagecount

text version.txt /proc/version
if [ "$redact" = 1 ]; then
  for word in $(cat "$root/proc/cmdline" 2>/dev/null); do
    case $word in
      cma=* | *_cma=* | movablecore=* | kernelcore=* | mem=* | hugepages* | transparent_hugepage=* | swiotlb=* | page_owner=*)
        echo "$word"
        ;;
    esac
  done >"$dir/cmdline.txt"
  keep cmdline.txt /proc/cmdline
else
  text cmdline.txt /proc/cmdline
fi
text iomem.txt /proc/iomem
text config.txt /boot/firmware/config.txt
text page_pinner.txt /sys/kernel/debug/page_pinner/buffer
text bufinfo.txt /sys/kernel/debug/dma_buf/bufinfo
[ "$owner" = 1 ] && text page_owner.txt /sys/kernel/debug/page_owner
command -v dmabuf_dump >/dev/null 2>&1 && output dmabuf_dump.txt dmabuf_dump -b
command -v getprop >/dev/null 2>&1 && [ "$redact" = 0 ] && output build.txt getprop ro.build.fingerprint
output dmesg.txt dmesg
[ -s "$dir/trace.txt" ] && keep trace.txt tracing
[ -s "$dir/series.txt" ] && keep series.txt series

if [ "$count" = 0 ]; then
  echo "pbcap: nothing could be read; run it as root" >&2
  cleanup
  exit 1
fi

[ -n "$out" ] || out=$base/pbcap.tgz
cd "$dir" || exit 1
case $out in /*) ;; *) out=$OLDPWD/$out ;; esac
# shellcheck disable=SC2086 # names have no blanks
if tar czf "$out.part" MANIFEST $names 2>/dev/null || {
  tar cf - MANIFEST $names | gzip >"$out.part"
} 2>/dev/null; then
  mv "$out.part" "$out"
else
  rm -f "$out.part"
  cd "$OLDPWD" || :
  trap - INT TERM HUP
  echo "pbcap: tar could not write $out; the files are in $dir" >&2
  exit 1
fi
cd "$OLDPWD" || :
cleanup
[ -z "$skipped" ] || echo "pbcap: could not read:$skipped" >&2
echo "$out: $count files; next: pageblock explain $out"
