"""SM3withSM2 in plain Python: GB/T 32905 (SM3) and GB/T 32918.2 (SM2 signatures). No other library is needed."""
import base64
import secrets

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
USER_ID = b"1234567812345678"
MASK = 0xFFFFFFFF


def _rotate(word, bits):
    bits %= 32
    return ((word << bits) | (word >> (32 - bits))) & MASK


def sm3(message):
    state = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    padded = message + b"\x80" + bytes((55 - len(message)) % 64) + (8 * len(message)).to_bytes(8, "big")
    for at in range(0, len(padded), 64):
        w = [int.from_bytes(padded[at + 4 * i : at + 4 * i + 4], "big") for i in range(16)]
        for i in range(16, 68):
            x = w[i - 16] ^ w[i - 9] ^ _rotate(w[i - 3], 15)
            w.append(x ^ _rotate(x, 15) ^ _rotate(x, 23) ^ _rotate(w[i - 13], 7) ^ w[i - 6])
        a, b, c, d, e, f, g, h = state
        for i in range(64):
            t = 0x79CC4519 if i < 16 else 0x7A879D8A
            ss1 = _rotate((_rotate(a, 12) + e + _rotate(t, i)) & MASK, 7)
            ff = a ^ b ^ c if i < 16 else (a & b) | (a & c) | (b & c)
            gg = e ^ f ^ g if i < 16 else (e & f) | (~e & g)
            tt1 = (ff + d + (ss1 ^ _rotate(a, 12)) + (w[i] ^ w[i + 4])) & MASK
            tt2 = (gg + h + ss1 + w[i]) & MASK
            d, c, b, a = c, _rotate(b, 9), a, tt1
            h, g, f, e = g, _rotate(f, 19), e, tt2 ^ _rotate(tt2, 9) ^ _rotate(tt2, 17)
        state = [old ^ new for old, new in zip(state, (a, b, c, d, e, f, g, h))]
    return b"".join(word.to_bytes(4, "big") for word in state)


def _add(one, other):
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 == x2:
        if (y1 + y2) % P == 0:
            return None
        slope = (3 * x1 * x1 + A) * pow(2 * y1, -1, P)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, P)
    x3 = (slope * slope - x1 - x2) % P
    return x3, (slope * (x1 - x3) - y1) % P


def _multiply(scalar, point):
    result = None
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _digest(message, point):
    identity = (8 * len(USER_ID)).to_bytes(2, "big") + USER_ID
    numbers = (A, B, *G, *point)
    za = sm3(identity + b"".join(number.to_bytes(32, "big") for number in numbers))
    return int.from_bytes(sm3(za + message), "big")


def sign(message, private_key):
    """cainfo of a text: base64 of r and s, 32 bytes each."""
    e = _digest(message, _multiply(private_key, G))
    while True:
        k = secrets.randbelow(N - 1) + 1
        r = (e + _multiply(k, G)[0]) % N
        s = pow(1 + private_key, -1, N) * (k - r * private_key) % N
        if r and s and r + k != N:
            return base64.b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()


def verify(message, cainfo, point):
    """Whether cainfo is the signature of these bytes by the owner of the public point."""
    raw = base64.b64decode(cainfo)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    if len(raw) != 64 or not (0 < r < N and 0 < s < N) or (r + s) % N == 0:
        return False
    sum_point = _add(_multiply(s, G), _multiply((r + s) % N, point))
    return sum_point is not None and (_digest(message, point) + sum_point[0]) % N == r


def _der(file):
    with open(file, encoding="ascii") as lines:
        return base64.b64decode("".join(line.strip() for line in lines if not line.startswith("-----")))


def read_private_key(file):
    """The number in a PKCS#8 file of an SM2 key: it stands behind the mark 02 01 01 04 20."""
    der = _der(file)
    at = der.index(bytes.fromhex("0201010420")) + 5
    return int.from_bytes(der[at : at + 32], "big")


def read_public_key(file):
    """The point in an SPKI file: its last 64 bytes."""
    der = _der(file)
    return int.from_bytes(der[-64:-32], "big"), int.from_bytes(der[-32:], "big")
