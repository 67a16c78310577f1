/** The two forms in which centres speak: D001 to D007 in a gm-envelope, 7101 to 7211 in the national envelope. */
import { formatTime, isWireObject, leafText } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import type { MessageParts, Refusal } from '@yiqiao/sdk';
import type { CentreFacts, OperationFacts } from './facts.ts';

/** A form: where its nodes stand in a message. */
export interface CentreDialect {
  /** Below the address of the centre; absent: the address itself. */
  path(facts: OperationFacts): string | undefined;
  /** Nodes of a request → a whole message. */
  write(nodes: WireObject, facts: OperationFacts, parts: MessageParts): WireObject;
  /** An answer → its nodes. */
  read(answer: WireObject, facts: OperationFacts): WireObject;
  refusal(answer: WireObject): Refusal | undefined;
  /** Message id of a new message. */
  readonly newMessageId?: (now: number) => string;
}

/** Whom the national envelope names. */
export interface NationalSender {
  readonly institution: { readonly code: string; readonly name: string };
  /** 就医地医保区划 `mdtrtarea_admvs`. */
  readonly careRegion: string;
  readonly operator: { readonly type: string; readonly id: string; readonly name: string };
  /** 签到流水号 `sign_no`, where the platform wants one. */
  readonly signNumber?: string;
}

/** What centres of the `epc` form differ in; names of `variants` in operations.json. */
export interface EpcVariants {
  /** How D004 names the doctor who revokes: `drCode` when absent. */
  readonly undoDoctorCode?: string;
}

/** D001 to D007: the members of `data` stand at the root beside the other nodes. */
export function epcDialect({ dialects }: CentreFacts, variants: EpcVariants = {}): CentreDialect {
  const { basePath, version } = dialects.epc;
  return {
    path: ({ path }) => `${basePath}${path}`,
    write(nodes, facts) {
      const { data, ...others } = nodes;
      const named: [string, WireValue][] = Object.entries(others).map(([name, node]) => [
        name,
        respelled(node, facts, name, 'ours'),
      ]);
      const root = renamed(objectOf(data), facts, variants);
      return { version, data: { ...root, ...Object.fromEntries(named) } };
    },
    read(answer, facts) {
      const data: Record<string, WireValue> = {};
      const nodes: Record<string, WireValue> = {};
      for (const [name, value] of Object.entries(objectOf(answer['data']))) {
        const isNode = isWireObject(value) || Array.isArray(value);
        if (isNode) nodes[name] = respelled(value, facts, name, 'national');
        else data[name] = name === 'flag' ? leafText(value) === 'true' || value === true : value;
      }
      return { data, ...nodes };
    },
    refusal(answer) {
      const code = leafText(answer['code']) ?? '';
      return code === '0' ? undefined : { code, text: leafText(answer['message']) ?? '' };
    },
  };
}

/** 7101 to 7211 in the envelope of the institution interface. Source: envelope.json. */
export function nationalDialect({ dialects }: CentreFacts, sender: NationalSender): CentreDialect {
  const coded = new RegExp(dialects.national.refusalCode);
  const { institution, operator } = sender;
  let serial = 0;
  return {
    path: () => undefined,
    newMessageId(now) {
      serial = (serial + 1) % 10_000;
      const digits = formatTime(now).replace(/\D/g, '');
      return `${institution.code.padEnd(12, '0')}${digits}${String(serial).padStart(4, '0')}`;
    },
    write: (input, { transaction }, { messageId, now }) => ({
      infno: transaction,
      msgid: messageId,
      mdtrtarea_admvs: sender.careRegion,
      insuplc_admdvs: sender.careRegion,
      recer_sys_code: '99',
      dev_no: '',
      dev_safe_info: '',
      infver: '1.0.0',
      opter_type: operator.type,
      opter: operator.id,
      opter_name: operator.name,
      inf_time: formatTime(now),
      fixmedins_code: institution.code,
      fixmedins_name: institution.name,
      sign_no: sender.signNumber ?? '',
      input,
    }),
    read: (answer) => objectOf(answer['output']),
    refusal(answer) {
      if (leafText(answer['infcode']) === '0') return undefined;
      const text = leafText(answer['err_msg']) ?? '';
      const code = coded.exec(text)?.[1];
      return { code: code ?? leafText(answer['infcode']) ?? '', text };
    },
  };
}

function renamed(data: WireObject, { variants = {} }: OperationFacts, chosen: EpcVariants): WireObject {
  const members: Record<string, WireValue> = { ...data };
  for (const [name, { default: usual }] of Object.entries(variants)) {
    const wanted = chosen[name as keyof EpcVariants] ?? usual;
    const value = members[usual];
    if (wanted === usual || value === undefined) continue;
    delete members[usual];
    members[wanted] = value;
  }
  return members;
}

function objectOf(value: WireValue | undefined): WireObject {
  return value !== undefined && isWireObject(value) ? value : {};
}

/** Names that differ between D001 and 7101, in a node or in each of a list. */
function respelled(
  value: WireValue | undefined,
  facts: OperationFacts,
  node: string,
  into: 'ours' | 'national',
): WireValue {
  const names = facts.spelled?.[node];
  if (value === undefined) return null;
  if (names === undefined) return value;
  const pairs = Object.entries(names).map(([d, national]) =>
    into === 'national' ? [d, national] : [national, d],
  );
  const table = Object.fromEntries(pairs) as Readonly<Record<string, string>>;
  const rename = (one: WireValue): WireValue =>
    isWireObject(one)
      ? Object.fromEntries(Object.entries(one).map(([name, member]) => [table[name] ?? name, member]))
      : one;
  return Array.isArray(value) ? (value as readonly WireValue[]).map(rename) : rename(value);
}
