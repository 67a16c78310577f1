/** Members without which a message is of no use. */
import { GatewayError, leafText } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';

/** @throws GatewayError `MESSAGE_INVALID` with every one of `names` that the node `data` lacks. */
export function requireMembers(nodes: WireObject, names: readonly string[]): void {
  const data = (nodes['data'] ?? {}) as WireObject;
  const missing = names.filter((name) => !isThere(data[name]));
  if (missing.length === 0) return;
  throw new GatewayError('MESSAGE_INVALID', {
    faults: missing.map((field) => ({
      rule: 'required',
      at: `/data/${field}`,
      field,
      label: { zh: field, en: field },
      message: { zh: '缺少此项，请处方中心补上。', en: 'It is missing; the centre has to send it.' },
    })),
  });
}

function isThere(value: WireValue | undefined): boolean {
  return typeof value === 'boolean' || (leafText(value) ?? '') !== '';
}
