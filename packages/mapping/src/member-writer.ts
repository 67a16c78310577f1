/** Code that writes the members of one node, written once per map; the counterpart of the member reader. */
import type { CanonicalObject } from '@yiqiao/model';
import type { Member } from './plan.ts';
import type { MutableWire } from './pointer.ts';

/** Writes what needs no care itself, leaves the rest to `slow`; returns how many members it wrote itself. */
export type MemberWriter = <At>(
  source: CanonicalObject,
  out: MutableWire,
  slow: (member: Member, at: At) => void,
  at: At,
) => number;

/**
 * Compiles a writer of these members, in their order. All names in the code stand as JSON text and come from the data
 * files; a leaf is written in place when it has a plain place, an equal on the wire, no limit, and one spelling.
 */
export function compileMemberWriter(members: readonly Member[]): MemberWriter {
  const codecs = members.map(
    (member, index) =>
      `const m${index} = members[${index}];${member.kind === 'leaf' ? ` const c${index} = m${index}.codec.write;` : ''}`,
  );
  const steps = members.map((member, index) => plainWrite(member, index) ?? `slow(m${index}, at);`);
  const code = `${codecs.join('\n')}
return (source, out, slow, at) => { let n = 0, v, r;
${steps.join('\n')}
return n; };`;
  // oxlint-disable-next-line typescript/no-implied-eval -- the code holds nothing but names from the data files, as JSON text
  return (new Function('members', code) as (members: readonly Member[]) => MemberWriter)(members);
}

/** `undefined` for what always needs care: other members, deep places, limits, and values whose spelling is kept. */
function plainWrite(member: Member, index: number): string | undefined {
  if (member.kind !== 'leaf' || member.place.name === '' || member.wire === '__proto__') return undefined;
  if (member.limit !== undefined || member.codec.spelled === true) return undefined;
  const [from, to] = [JSON.stringify(member.place.name), JSON.stringify(member.wire)];
  return `if ((v = source[${from}]) !== undefined) { if ((r = c${index}(v)) !== undefined) { out[${to}] = r; n += 1; } else slow(m${index}, at); }`;
}
