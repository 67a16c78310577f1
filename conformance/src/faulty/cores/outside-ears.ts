/** Ways in which systems of others were seen to hear and write wrongly, by name. */
import { findMessage } from '../../counterparts/edit-message.ts';
import { falling } from '../bytes.ts';
import type { Ear } from './ears.ts';

/** By name. */
export const OUTSIDE_EARS: Readonly<Record<string, Ear>> = {
  'begins-with-a-mark': () => ({
    spoil: (bytes) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]),
  }),
  'refuses-by-http-500': () => ({ status: (bytes) => (bytes.includes('"infcode":0,') ? 200 : 500) }),
  'falls-over-lists': () => ({
    hears: falling((bytes) => /"(?:infno|msgid)":\[/.test(bytes.toString('utf8'))),
  }),
  'takes-the-last-of-two': () => ({
    hears(bytes) {
      const message = findMessage(bytes);
      return message === undefined ? bytes : Buffer.from(JSON.stringify(message));
    },
  }),
};
