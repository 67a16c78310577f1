/** Messages as definitions have them: every field filled with a value that fits, or some left out. */
import { ExactNumber } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import type { Direction, FieldDefinition, NodeDefinition, Registry } from '@yiqiao/registry';
import { identityNumber, personName, phoneNumber } from './people.ts';
import type { Random } from './random.ts';

/** The time at which everything takes place: 2026-01-01 08:00:00 in China. */
export const NOW = Date.parse('2026-01-01T08:00:00+08:00');
const TIME = '2026-01-01 08:00:00';

/** Institution that sends. */
export const INSTITUTION = 'H53010000001';

/** Members of the envelope that cannot be left to chance. */
const ENVELOPE: Readonly<Record<string, string>> = {
  mdtrtarea_admvs: '530100',
  insuplc_admdvs: '330100',
  recer_sys_code: '99',
  infver: '1.0.0',
  opter_type: '1',
  opter: '0001',
  opter_name: '测试经办',
  inf_time: TIME,
  fixmedins_code: INSTITUTION,
  fixmedins_name: '示例医院',
  sign_no: 'Q0001',
};

/** A national envelope. */
export function nationalEnvelope(transaction: string, random: Random): WireObject {
  const serial = String(random.below(1_000_000_000)).padStart(10, '0');
  return { infno: transaction, msgid: `${INSTITUTION}20260101${serial}`, ...ENVELOPE };
}

/** A body of one direction; required fields are always there. */
function bodyOf(registry: Registry, nodes: readonly NodeDefinition[], random: Random): WireObject {
  return membersBelow(undefined);

  function membersBelow(parent: string | undefined): WireObject {
    const here = nodes.filter((node) => node.parent === parent);
    const entries = here.flatMap((node): [string, WireValue][] => {
      if (node.node === '') return fieldsOf(node);
      const one = (): WireObject => ({ ...Object.fromEntries(fieldsOf(node)), ...membersBelow(node.node) });
      return [nested(node.node, node.repeated ? listOf(one) : one())];
    });
    return Object.fromEntries(entries);
  }

  function listOf(one: () => WireObject): WireValue {
    return Array.from({ length: random.below(3) + (random.percent(80) ? 1 : 0) }, one);
  }

  function fieldsOf(node: NodeDefinition): [string, WireValue][] {
    return node.fields
      .filter(({ required }) => required || random.percent(60))
      .map((field): [string, WireValue] => [field.name, valueOf(registry, field, random)]);
  }
}

/** `detail/row` is a member within a member. */
function nested(path: string, value: WireValue): [string, WireValue] {
  const [first = '', ...rest] = path.split('/');
  return rest.length === 0 ? [first, value] : [first, Object.fromEntries([nested(rest.join('/'), value)])];
}

/** Texts of the transactions of a profile. */
export function definedBody(
  registry: Registry,
  of: { readonly profile: string; readonly transaction: string; readonly direction: Direction },
  random: Random,
): WireObject {
  return bodyOf(registry, registry.definition(of.profile, of.transaction)?.[of.direction] ?? [], random);
}

function valueOf(registry: Registry, field: FieldDefinition, random: Random): WireValue {
  const codes = field.valueSet === undefined ? undefined : registry.valueSet(field.valueSet)?.codes;
  if (codes !== undefined && codes.size > 0) return random.find([...codes.keys()]) ?? '';
  switch (field.type) {
    case 'number':
      // Amounts of nothing agree with each other.
      return new ExactNumber(random.percent(70) ? '0' : `${random.below(10_000)}.${random.below(90) + 10}`);
    case 'date':
      return '2026-01-01';
    case 'datetime':
      return TIME;
    case 'boolean':
      return true;
    case 'array':
      return [];
    case 'object':
      return {};
    case 'string':
    case 'binary':
      return textOf(registry, field, random);
  }
}

function textOf(registry: Registry, field: FieldDefinition, random: Random): string {
  const { name, label } = field;
  if (registry.findName(field.nationalName ?? name)?.personal === true || /姓名|证件号|电话/.test(label.zh)) {
    if (/tel|mob|phone/.test(name) || label.zh.includes('电话')) return phoneNumber(random);
    if (name.endsWith('name') || label.zh.includes('姓名')) return personName(random);
    return identityNumber(random);
  }
  const longest = typeof field.length === 'number' ? field.length : 20;
  return `T${random.below(1_000_000_000)}`.slice(0, Math.max(1, longest));
}
