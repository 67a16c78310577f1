"""用 Python 标准库发送一笔签名的 1101 人员信息获取，并验证应答的签名。
A signed 1101 with nothing but Python's own library (3.8 or newer); the answer's signature is verified.

    python3 signed_call.py http://127.0.0.1:8530/care-place his-530000.key.pem 530000.pub.pem

Exit codes: 0 done, 1 refused, 3 not known (send the same message again, do not charge twice).
"""
import json
import random
import sys
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone

import sm2

INSTITUTION = "H53010000001"
CHINA = timezone(timedelta(hours=8))


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def make_request(infno, body, private_key, insured_place):
    now = datetime.now(CHINA)
    # 签名覆盖 input 的原始字节：只序列化一次，签名与发送用同一份文本。
    # What is signed are the bytes of input: serialise once, sign and send the same text.
    text = compact(body)
    envelope = {
        "infno": infno,
        "msgid": INSTITUTION + now.strftime("%Y%m%d%H%M%S") + format(random.randrange(10000), "04d"),
        "mdtrtarea_admvs": "530100",
        "insuplc_admdvs": insured_place,
        "recer_sys_code": "99",
        "dev_no": "",
        "dev_safe_info": "",
        "cainfo": sm2.sign(text.encode(), private_key),
        "signtype": "SM2",
        "infver": "1.0.0",
        "opter_type": "1",
        "opter": "0001",
        "opter_name": "测试经办",
        "inf_time": now.strftime("%Y-%m-%d %H:%M:%S"),
        "fixmedins_code": INSTITUTION,
        "fixmedins_name": "示例医院（云南）",
        "sign_no": "",
    }
    return (compact(envelope)[:-1] + ',"input":' + text + "}").encode()


def ask(url, request, gateway_key):
    """The members of output; ends the program when it is refused or not known."""
    headers = {"content-type": "application/json; charset=utf-8"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, request, headers), timeout=30) as answer:
            received = answer.read()
    except urllib.error.HTTPError as error:
        give_up(3, "not known: " + error.read().decode(errors="replace"))
    except OSError as error:
        give_up(3, f"not known: {error}")
    # 金额不经过浮点数。Amounts never pass through a float.
    answer = json.loads(received, parse_float=str)
    if str(answer["infcode"]) != "0":
        give_up(1, f"refused: {answer['err_msg']}")
    # 应答签名覆盖 output 的原始字节；网关把 output 写在最后。
    # The answer's signature covers the bytes of output, which stands last.
    signed = received[received.rindex(b',"output":') + len(b',"output":') : -1]
    if not sm2.verify(signed, answer["cainfo"], gateway_key):
        give_up(3, "not known: the signature of the answer is wrong")
    return answer["output"]


def give_up(code, text):
    print(text, file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    address, own_file, gateway_file = sys.argv[1:4]
    person = {
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": "00000019780718005X",
        "psn_cert_type": "01",
        "certno": "00000019780718005X",
        "psn_name": "测试丁",
    }
    message = make_request("1101", {"data": person}, sm2.read_private_key(own_file), "330100")
    output = ask(address, message, sm2.read_public_key(gateway_file))
    print("psn_no", output["baseinfo"]["psn_no"])
    print("signature good")
