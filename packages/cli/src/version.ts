/** The version of this program, as its package says it. */
import { readFileSync } from 'node:fs';

/** For example `0.1.0`. */
export function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
