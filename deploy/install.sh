#!/bin/sh
# Installs this release, or brings an installed one up to it. Needs no network and nothing but a POSIX shell, coreutils
# and, for services, systemd. docs/operations.md tells what it does.
#
#   ./install.sh [--prefix DIR] [--etc DIR] [--data DIR] [--user NAME] [--no-services]
#   ./install.sh --rollback [the same options]     back to the release before
set -eu

prefix=/opt/yiqiao etc=/etc/yiqiao data=/var/lib/yiqiao user=yiqiao services=yes rollback=no
units=${YIQIAO_UNITS:-/etc/systemd/system}
here=$(dirname "$(readlink -f "$0")")
release=$(dirname "$here")

say() { printf '%s\n' "$*"; }
fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --prefix) prefix=$2; shift 2 ;;
    --etc) etc=$2; shift 2 ;;
    --data) data=$2; shift 2 ;;
    --user) user=$2; shift 2 ;;
    --no-services) services=no; shift ;;
    --rollback) rollback=yes; shift ;;
    --help | -h) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) fail "未知参数：$1 / unknown option: $1" '用法 usage: install.sh [--prefix DIR] [--etc DIR] [--data DIR] [--user NAME] [--no-services] [--rollback]' ;;
  esac
done
[ "$services" = no ] || command -v systemctl >/dev/null 2>&1 || {
  say '没有 systemd，不安装服务。/ No systemd: services are not installed.'
  services=no
}

# Points a name at a release in one step: there is no moment without one.
point() {
  ln -s "$2" "$prefix/.$1.new"
  mv -T "$prefix/.$1.new" "$prefix/$1"
}

running_services() {
  [ "$services" = no ] || systemctl list-units --plain --no-legend --state=active 'yiqiao-gateway@*' 'yiqiao-adapter@*' | cut -d ' ' -f 1
}

restart_services() {
  for unit in $(running_services); do
    systemctl restart "$unit" || return 1
    say "已重启 restarted $unit"
  done
}

check_machine() {
  built=$(cat "$release/ARCHITECTURE")
  machine=$(uname -m)
  case $machine in x86_64 | amd64) machine=x64 ;; aarch64 | arm64) machine=arm64 ;; esac
  [ "$built" = "$machine" ] || fail "此安装包用于 $built，本机为 $machine，请换用相应的包。" \
    "This package is for $built, this machine is $machine: take the other package."
  libc=$(getconf GNU_LIBC_VERSION 2>/dev/null | cut -d ' ' -f 2 || true)
  oldest=$(printf '%s\n' 2.28 "${libc:-0}" | sort -V | head -n 1)
  [ "$oldest" = 2.28 ] || fail "需要 glibc 2.28 或更新版本，本机为 ${libc:-未知}。" \
    "glibc 2.28 or newer is needed, this machine has ${libc:-none}."
  needed=$(du -sk "$release" | cut -f 1)
  mkdir -p "$prefix"
  free=$(df -Pk "$prefix" | tail -n 1 | tr -s ' ' | cut -d ' ' -f 4)
  [ "$free" -gt $((needed * 2)) ] || fail "$prefix 空间不足：需要 $((needed * 2)) KB，剩余 $free KB。" \
    "Not enough room in $prefix: $((needed * 2)) KB needed, $free KB free."
}

check_files() {
  (cd "$release" && sha256sum --quiet --check SHA256SUMS) || fail \
    '安装包文件与校验和不符：传输中损坏或被改动，请重新取得。' \
    'Files of this package differ from their checksums: damaged on the way, or changed. Get it again.'
}

# A release is complete, or not there: it is copied beside its place and moved into it.
copy_release() {
  mkdir -p "$prefix/releases"
  rm -rf "$prefix/releases/.$version.new"
  cp -R "$release" "$prefix/releases/.$version.new"
  "$prefix/releases/.$version.new/bin/yiqiao" --version >/dev/null || fail \
    '程序在本机无法运行，未作任何改动。' 'The program does not run on this machine; nothing was changed.'
  rm -rf "$prefix/releases/$version"
  mv "$prefix/releases/.$version.new" "$prefix/releases/$version"
}

check_configurations() {
  for file in "$etc"/*.yaml; do
    [ -e "$file" ] || continue
    if grep -q '^adapter:' "$file"; then what=adapter; else what=config; fi
    "$prefix/releases/$version/bin/yiqiao" $what check "$file" >"$prefix/.check.log" 2>&1 || {
      cat "$prefix/.check.log" >&2
      fail "新版本不接受配置 $file（见上），仍使用原版本。" \
        "The new release does not take the configuration $file (see above); the old one stays in force."
    }
  done
}

write_units() {
  [ "$services" = yes ] || return 0
  id "$user" >/dev/null 2>&1 || useradd --system --home-dir "$data" --shell /usr/sbin/nologin "$user"
  chown "$user:$user" "$data"
  mkdir -p "$units"
  for unit in "$release"/deploy/systemd/*.service; do
    sed -e "s#@PREFIX@#$prefix#g" -e "s#@ETC@#$etc#g" -e "s#@DATA@#$data#g" -e "s#@USER@#$user#g" \
      "$unit" >"$units/$(basename "$unit")"
  done
  systemctl daemon-reload
}

if [ "$rollback" = yes ]; then
  [ -L "$prefix/previous" ] || fail '没有上一版本可以回退。' 'There is no release to go back to.'
  from=$(readlink "$prefix/current")
  to=$(readlink "$prefix/previous")
  point current "$to"
  point previous "$from"
  restart_services || fail '回退后服务未能启动，请看 journalctl。' 'A service did not start after the rollback: see journalctl.'
  say "已回退到 ${to#releases/} / back at ${to#releases/}"
  exit 0
fi

version=$(cat "$release/VERSION")
check_machine
check_files
copy_release
mkdir -p "$etc" "$data"
chmod 750 "$etc"
chmod 700 "$data"
check_configurations
write_units
before=$(readlink "$prefix/current" 2>/dev/null || true)
point current "releases/$version"
if [ -n "$before" ] && [ "$before" != "releases/$version" ]; then
  point previous "$before"
  if ! restart_services; then
    point current "$before"
    restart_services || true
    fail "新版本未能启动，已恢复 ${before#releases/}，请看 journalctl。" \
      "The new release did not start; ${before#releases/} is in force again. See journalctl."
  fi
  say "已由 ${before#releases/} 升级到 $version / upgraded from ${before#releases/} to $version"
else
  say "已安装 $version / installed $version: $prefix/current/bin/yiqiao"
fi
