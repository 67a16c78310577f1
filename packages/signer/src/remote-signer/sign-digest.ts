/**
 * SM2 over a digest that somebody else computed, which node:crypto does not offer: it has k·G, the rest is arithmetic
 * modulo n. For signer processes; a gateway signs messages. Source: GB/T 32918.2, 6.1.
 */
import { createECDH, randomBytes } from 'node:crypto';
import { ORDER } from '../curve.ts';

const N = toInteger(ORDER);

/** Signature r‖s over e = SM3(ZA ‖ message), 32 bytes, by the private value d. */
export function signDigest(d: Buffer, e: Buffer): Buffer {
  for (;;) {
    const once = createECDH('SM2');
    const point = once.generateKeys();
    const k = toInteger(once.getPrivateKey());
    const r = (toInteger(e) + toInteger(point.subarray(1, 33))) % N;
    if (r === 0n || r + k === N) continue;
    const s = secondHalf(toInteger(d), k, r);
    if (s !== 0n) return Buffer.concat([toBytes(r), toBytes(s)]);
  }
}

/** s = (1 + d)⁻¹ · (k − r·d), with a random factor, so that the time it takes tells nothing of d. */
function secondHalf(d: bigint, k: bigint, r: bigint): bigint {
  const blind = (toInteger(randomBytes(40)) % (N - 1n)) + 1n;
  const blindD = (blind * d) % N;
  const numerator = (blind * k - r * blindD) % N;
  return (((inverse((blind + blindD) % N) * numerator) % N) + N) % N;
}

/** Inverse modulo n by the extended Euclidean algorithm. */
function inverse(value: bigint): bigint {
  let [low, high] = [value, N];
  let [ofLow, ofHigh] = [1n, 0n];
  while (low > 1n) {
    const times = high / low;
    [low, high] = [high - times * low, low];
    [ofLow, ofHigh] = [ofHigh - times * ofLow, ofLow];
  }
  return ((ofLow % N) + N) % N;
}

function toInteger(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function toBytes(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
}
