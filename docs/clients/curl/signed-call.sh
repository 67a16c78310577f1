#!/usr/bin/env bash
# 用 curl 与 openssl 3 发送一笔签名的 1101 人员信息获取，并验证应答的签名。
# A signed 1101 with curl and openssl 3; the answer's signature is verified.
#
#   bash signed-call.sh http://127.0.0.1:8530/care-place his-530000.key.pem 530000.pub.pem
#
# 退出码 Exit codes: 0 done, 1 refused, 3 not known (send the same message again, do not charge twice).
set -euo pipefail
export LC_ALL=C
url=$1 own_key=$2 gateway_key=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

institution=H53010000001
now=$(TZ=UTC-8 date '+%Y-%m-%d %H:%M:%S')
msgid="$institution$(TZ=UTC-8 date +%Y%m%d%H%M%S)$(printf '%04d' $((RANDOM % 10000)))"

# 签名覆盖 input 的原始字节：先定下文本，签名与发送用同一份。
# What is signed are the bytes of input: one text, signed and sent as it is.
input='{"data":{"mdtrt_cert_type":"02","mdtrt_cert_no":"00000019780718005X","psn_cert_type":"01","certno":"00000019780718005X","psn_name":"测试丁"}}'
printf %s "$input" > "$work/input"

# SM3withSM2，用户标识 1234567812345678；openssl 给出 DER，报文要 r‖s 各 32 字节的 base64。
# openssl gives DER; the message takes base64 of r and s, 32 bytes each.
openssl dgst -sm3 -sigopt distid:1234567812345678 -sign "$own_key" -out "$work/sig.der" "$work/input"
raw=
for number in $(openssl asn1parse -inform DER -in "$work/sig.der" | sed -n 's/.*INTEGER *://p'); do
  raw=$raw$(printf '%64s' "$number" | tr ' ' 0)
done
cainfo=$(printf %b "$(printf %s "$raw" | sed 's/../\\x&/g')" | base64 | tr -d '\n')

printf '{"infno":"1101","msgid":"%s","mdtrtarea_admvs":"530100","insuplc_admdvs":"330100","recer_sys_code":"99","dev_no":"","dev_safe_info":"","cainfo":"%s","signtype":"SM2","infver":"1.0.0","opter_type":"1","opter":"0001","opter_name":"测试经办","inf_time":"%s","fixmedins_code":"%s","fixmedins_name":"示例医院（云南）","sign_no":"","input":%s}' \
  "$msgid" "$cainfo" "$now" "$institution" "$input" > "$work/request"

if ! status=$(curl -sS --max-time 30 -o "$work/answer" -w '%{http_code}' -H 'content-type: application/json; charset=utf-8' --data-binary "@$work/request" "$url"); then
  echo 'not known: no answer' >&2
  exit 3
fi
if [ "$status" = 504 ]; then
  cat "$work/answer" >&2
  exit 3
fi
if ! grep -q '"infcode":"\{0,1\}0[",]' "$work/answer"; then
  echo "refused: $(sed 's/.*"err_msg":"\([^"]*\)".*/\1/' "$work/answer")" >&2
  exit 1
fi

# 应答签名覆盖 output 的原始字节；网关把 output 写在最后。
# The answer's signature covers the bytes of output, which stands last.
sed 's/.*,"output"://; s/}$//' "$work/answer" | tr -d '\n' > "$work/output"
hex=$(sed 's/.*"cainfo":"\([^"]*\)".*/\1/' "$work/answer" | base64 -d | od -An -v -tx1 | tr -d ' \n')
integer() {
  local digits
  digits=$(printf %s "$1" | sed 's/^\(00\)*//')
  case $digits in [89a-f]*) digits=00$digits ;; esac
  printf '02%02x%s' $((${#digits} / 2)) "$digits"
}
pair=$(integer "${hex:0:64}")$(integer "${hex:64:64}")
printf %b "$(printf '30%02x%s' $((${#pair} / 2)) "$pair" | sed 's/../\\x&/g')" > "$work/answer.der"
if ! openssl dgst -sm3 -sigopt distid:1234567812345678 -verify "$gateway_key" -signature "$work/answer.der" "$work/output" > /dev/null; then
  echo 'not known: the signature of the answer is wrong' >&2
  exit 3
fi

echo "psn_no $(sed 's/.*"psn_no":"\([^"]*\)".*/\1/' "$work/output")"
echo 'signature good'
