/** Files of the configuration as text → a map, or any JSON. */
import { GatewayError } from '@yiqiao/model';
import type { VendorMap } from './map-types.ts';

/** Reads it. @throws GatewayError `CONFIG_INVALID` when it is no JSON or lacks what every map has. */
export function readMapFile(name: string, text: string): VendorMap {
  const map = readJsonFile(name, text) as Partial<VendorMap> | null;
  if (typeof map?.id === 'string' && typeof map.actions === 'object') return map as VendorMap;
  throw unfit(name, {
    zh: '映射文件须为含 id 与 actions 的 JSON 对象。',
    en: 'A map is a JSON object with "id" and "actions".',
  });
}

/** Any JSON file of the configuration. @throws GatewayError `CONFIG_INVALID` when it is none. */
export function readJsonFile(name: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw unfit(name, { zh: `文件不是 JSON：${String(cause)}`, en: `No JSON: ${String(cause)}` }, cause);
  }
}

function unfit(
  name: string,
  message: { readonly zh: string; readonly en: string },
  cause?: unknown,
): GatewayError {
  const fault = { rule: 'map', at: '', field: name, label: { zh: '文件', en: 'file' }, message };
  return new GatewayError('CONFIG_INVALID', { faults: [fault] }, { cause });
}
