/** Region codes in a configuration. */
import type { ConfigNode } from './config-node.ts';

/** Reads a region code of six digits. Source: 医保区划. */
export function readRegion(node: ConfigNode): string {
  const value = node.text();
  if (value !== '' && !/^\d{6}$/.test(value)) {
    node.report('format', {
      zh: '应为六位医保区划代码，例如 "530000"',
      en: 'must be a six-digit region code such as "530000"',
    });
  }
  return value;
}
