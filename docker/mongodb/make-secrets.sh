#!/usr/bin/env bash
# The key by which the members of the replica set know each other, and the password of root; what is there already stays.
# make-secrets.sh FOLDER
set -euo pipefail
cd "$1"

# MongoDB takes no key that others may read.
umask 377

make() {
  [ -s "$1" ] && return
  rm -f "$1.new"
  head -c "$2" /dev/urandom | base64 -w 0 >"$1.new"
  # Whole or not at all, whenever this is ended.
  mv "$1.new" "$1"
}

make keyfile 756
make root-password 33
