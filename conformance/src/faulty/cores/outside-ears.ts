/** Ways in which systems of others were seen to hear and write wrongly, by name. */
import { parseMessage } from '../../run/own-reading.ts';
import type { Ear } from './ears.ts';

/** By name. */
export const OUTSIDE_EARS: Readonly<Record<string, Ear>> = {
  'begins-with-a-mark': () => ({
    spoil: (bytes) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]),
  }),
  'refuses-by-http-500': () => ({ status: (bytes) => (bytes.includes('"infcode":0,') ? 200 : 500) }),
  'falls-over-lists': () => ({
    hears(bytes) {
      if (/"(?:infno|msgid)":\[/.test(bytes.toString('utf8')))
        throw new Error('the simulated system fell over');
      return bytes;
    },
  }),
  'takes-the-last-of-two': () => ({
    hears(bytes) {
      try {
        return Buffer.from(JSON.stringify(parseMessage(bytes.toString('utf8'))));
      } catch {
        return bytes;
      }
    },
  }),
};
