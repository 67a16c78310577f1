/** Code for the members of one node, written once per map: a name known beforehand is found many times faster. */
import type { WireObject, WireValue } from '@yiqiao/model';
import type { MutableModel } from './model-path.ts';
import type { Member } from './plan.ts';

/** Reads what needs no care itself, leaves the rest to `slow`; returns how many of the members are there. */
export type MemberReader = <At>(
  object: WireObject,
  target: MutableModel,
  slow: (member: Member, value: WireValue, at: At) => void,
  at: At,
) => number;

/**
 * Compiles a reader of these members. All names in the code stand as JSON text and come from the data files; a leaf
 * is read in place when it comes in the form of its definition, can be converted, and has a plain place.
 */
export function compileMemberReader(members: readonly Member[]): MemberReader {
  const codecs = members.map(
    (member, index) => `const m${index} = members[${index}];${codecOf(member, index)}`,
  );
  const steps = members.map((member, index) => {
    const plain = plainRead(member, index);
    const care = `slow(m${index}, v, at);`;
    return `v = object[${JSON.stringify(member.wire)}]; if (v !== undefined) { n += 1; ${plain === undefined ? care : `${plain} else ${care}`} }`;
  });
  const code = `${codecs.join('\n')}
return (object, target, slow, at) => { let n = 0, v, r;
${steps.join('\n')}
return n; };`;
  // oxlint-disable-next-line typescript/no-implied-eval -- the code holds nothing but names from the data files, as JSON text
  return (new Function('members', code) as (members: readonly Member[]) => MemberReader)(members);
}

function codecOf(member: Member, index: number): string {
  return member.kind === 'leaf' ? ` const c${index} = m${index}.codec.read;` : '';
}

/** `undefined` for what always needs care: other members, deep places, and values whose spelling is kept. */
function plainRead(member: Member, index: number): string | undefined {
  if (member.kind !== 'leaf' || member.place.name === '' || member.codec.spelled === true) return undefined;
  const { form } = member.codec;
  return `if (typeof v === ${JSON.stringify(form)} && (r = c${index}(v)) !== undefined) target[${JSON.stringify(member.place.name)}] = r;`;
}
