#!/usr/bin/env bash
# probe.sh: whether this machine can give an engine namespaces of its own; if not, says why on standard error.
set -euo pipefail
# shellcheck disable=SC2016 # expanded by the inner shell
unshare --user --map-root-user --net --mount --pid --fork --kill-child bash -c '
  mount -t proc proc /proc || { echo "a container or the kernel forbids mounts in new namespaces" >&2; exit 1; }
  mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc ||
    { echo "the kernel ($(uname -r)) has no binfmt_misc of its own for namespaces, which Linux 6.7 and newer have" >&2; exit 1; }
' 2>&1 | tail -n 1 >&2
