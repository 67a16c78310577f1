/** The recommended curve of SM2, and the digest that ties a signer's identity to the key. Source: GB/T 32918. */
import assert from 'node:assert/strict';
import { sm3 } from './sm3.ts';

/** Order n of the base point, 32 bytes. */
export const ORDER = Buffer.from('FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123', 'hex');

/** Object identifier of the curve. */
export const SM2_CURVE_OID = '1.2.156.10197.1.301';

/** The base point, 04 ‖ x ‖ y. */
export const BASE_POINT = Buffer.from(
  '0432C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7' +
    'BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0',
  'hex',
);

/** a and b of the curve. */
const coefficients = Buffer.from(
  'FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC' +
    '28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93',
  'hex',
);

/**
 * ZA = SM3(ENTL ‖ id ‖ a ‖ b ‖ Gx ‖ Gy ‖ Px ‖ Py), ENTL the id's length in bits as two bytes.
 * `point`: 04 ‖ x ‖ y. `userId`: UTF-8, at most 8191 bytes.
 */
export function identityDigest(point: Uint8Array, userId: string): Buffer {
  const id = Buffer.from(userId, 'utf8');
  assert(id.length <= 8191, 'an SM2 user id has at most 8191 bytes');
  const bits = Buffer.alloc(2);
  bits.writeUInt16BE(id.length * 8);
  return sm3(Buffer.concat([bits, id, coefficients, BASE_POINT.subarray(1), point.subarray(1)]));
}
