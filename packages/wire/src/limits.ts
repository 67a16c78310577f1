/** The limits a codec has when its caller names none. */
import { GatewayError } from '@yiqiao/model';
import { fault } from './faults.ts';
import type { WireLimits } from './types.ts';

/** Beyond the largest known message (settlement list 4101, a hundred fee lines) by far. */
const DEFAULTS: WireLimits = { maxBytes: 4 * 1024 * 1024, maxDepth: 32, maxNodes: 200_000 };

/** Fills in what is not named. */
export function completeLimits(limits: Partial<WireLimits> = {}): WireLimits {
  return { ...DEFAULTS, ...limits };
}

/** @throws GatewayError `MESSAGE_TOO_LARGE`; asked before a byte is decoded. */
export function checkSize(bytes: Uint8Array, limits: WireLimits): void {
  if (bytes.byteLength <= limits.maxBytes) return;
  throw new GatewayError('MESSAGE_TOO_LARGE', {
    faults: [
      fault({
        rule: 'size',
        at: '',
        found: `${bytes.byteLength} bytes`,
        zh: `报文 ${bytes.byteLength} 字节，上限 ${limits.maxBytes} 字节，请分批发送。`,
        en: `The message has ${bytes.byteLength} bytes, at most ${limits.maxBytes} are taken; send it in parts.`,
      }),
    ],
    facts: { bytes: bytes.byteLength, maxBytes: limits.maxBytes },
  });
}
