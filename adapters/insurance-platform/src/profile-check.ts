/** The one check of a profile: what keeps it from being used, all of it at once, and what is odd about it. */
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import { nearest } from '@yiqiao/registry';
import type { Profile, Registry } from '@yiqiao/registry';
import { createWireCodec } from '@yiqiao/wire';
import { checkTwoPhase } from './check-two-phase.ts';
import { caught, fileOf, profileFault } from './profile-faults.ts';
import { mapFindings } from './profile-maps.ts';
import type { ProfileFindings } from './profile-maps.ts';

/** Marks what the author of a profile is to fill in. */
export const TO_FILL_IN = '待填 to fill in';

const known = new WeakMap<Registry, Map<string, ProfileFindings>>();

/**
 * Checks a profile with everything that it inherits: its files, its codec and their settings, its maps and tables. Each
 * profile of a registry is looked at once. Nothing is thrown for a profile, however broken.
 * @throws GatewayError `CONFIG_INVALID` for an unknown id
 */
export function checkProfile(registry: Registry, id: string): ProfileFindings {
  const found = known.get(registry) ?? new Map<string, ProfileFindings>();
  known.set(registry, found);
  const findings = found.get(id) ?? examine(registry, id);
  found.set(id, findings);
  return findings;
}

/**
 * Refuses a profile with faults: all that is wrong with it, where opening it would end at the first broken file.
 * @returns the profile
 * @throws GatewayError `PROFILE_BROKEN` with all of them
 */
export function soundProfile(registry: Registry, id: string): Profile {
  const { faults } = checkProfile(registry, id);
  if (faults.length > 0) throw new GatewayError('PROFILE_BROKEN', { faults, facts: { profile: id } });
  return registry.profile(id);
}

function examine(registry: Registry, id: string): ProfileFindings {
  const files = registry.profileFaults(id);
  let profile: Profile;
  try {
    profile = registry.readProfile(id);
  } catch {
    return { faults: files, remarks: [] };
  }
  const maps =
    profile.dialect === 'national' ? { faults: [], remarks: [] } : mapFindings(registry, profile, files);
  const faults = [
    ...files,
    ...toFillIn(profile),
    ...codecFaults(registry, profile),
    ...answerFaults(registry, profile),
    ...caught(`${fileOf(id)}#/twoPhase`, () => checkTwoPhase(registry, profile)),
    ...dialectFaults(registry, profile),
    ...maps.faults,
  ];
  const told = new Set(files.map(keyOf));
  const isEcho = (fault: Fault): boolean =>
    fault.rule === 'data-file' && !told.has(keyOf(fault)) && files.some(({ at }) => sameFile(at, fault.at));
  return {
    faults: distinct(faults).filter((fault) => !isEcho(fault)),
    remarks: distinct([...(files.length > 0 ? [] : overlayRemarks(registry, profile)), ...maps.remarks]),
  };
}

function sameFile(one: string, other: string): boolean {
  return one.split('#')[0] === other.split('#')[0];
}

/** A node that an overlay adds may be meant for one that the baseline has. */
function overlayRemarks(registry: Registry, { id, lineage, overlay }: Profile): readonly Fault[] {
  const base = lineage.at(-2);
  if (base === undefined) return [];
  return Object.entries(overlay.transactions ?? {}).flatMap(([number, changed]) =>
    (['request', 'response'] as const).flatMap((half) => {
      const baseline = registry.definition(base, changed.like ?? number)?.[half] ?? [];
      const nodes = baseline.map(({ node }) => node).filter((node) => node !== '');
      return Object.keys(changed[half] ?? {}).flatMap((name) => {
        const near = nodes.includes(name) ? undefined : nearest(name, nodes);
        if (near === undefined) return [];
        const message = {
          zh: `基线没有节点 ${name}，将作为新节点加入；是否应为 ${near}？写错的请改正。`,
          en: `The baseline has no node ${name}, so it is added as a new one; should it be ${near}? Correct the name if it is a slip.`,
        };
        return [profileFault(`${fileOf(id)}#/overlay/transactions/${number}/${half}/${name}`, message)];
      });
    }),
  );
}

/** Two ways may lead to the same fault. */
function distinct(faults: readonly Fault[]): readonly Fault[] {
  return [...new Map(faults.map((fault) => [keyOf(fault), fault])).values()];
}

function keyOf({ at, field, message }: Fault): string {
  return `${at} ${field} ${message.en}`;
}

function toFillIn({ id, data }: Profile): readonly Fault[] {
  const left: string[] = [];
  const look = (value: unknown, pointer: string): void => {
    if (typeof value === 'string' && value.includes(TO_FILL_IN)) left.push(pointer);
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) look(inner, `${pointer}/${name}`);
  };
  look(data, '');
  return left.map((pointer) =>
    profileFault(
      `${fileOf(id)}#${pointer}`,
      {
        zh: '请填写；来源写明每项事实见于何处。',
        en: 'Fill it in; the source says where each fact was seen.',
      },
      'to-fill-in',
    ),
  );
}

/** No source shows the messages of such a profile: it says so, and no connection can use it. */
const UNATTESTED = 'unattested';

function codecFaults(registry: Registry, profile: Profile): readonly Fault[] {
  if (profile.codec === UNATTESTED) return [];
  return caught(`${fileOf(profile.id)}#/codec`, () => {
    createWireCodec(profile, {
      layout: (transaction, direction) => registry.definition(profile.id, transaction)?.[direction],
    });
    return [];
  });
}

/** The codecs of one form, whose answers tell success in one known way. */
const KNOWN_ANSWERS: ReadonlySet<string> = new Set(['national-json', 'predecessor-xml', UNATTESTED]);

/** Without it nobody knows whether an answer tells success. */
function answerFaults(registry: Registry, profile: Profile): readonly Fault[] {
  if (KNOWN_ANSWERS.has(profile.codec)) return [];
  const place = `${fileOf(profile.id)}#/envelope/answer`;
  const answer = profile.envelope['answer'] as Readonly<Record<string, unknown>> | undefined;
  if (answer === undefined) {
    const { answer: because } = (profile.data['unknownParts'] ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof because === 'string') return [];
    const message = {
      zh: '请写明应答如何表示成败：code、text、success；确无来源的，在 unknownParts.answer 中写明原因。',
      en: 'Say how an answer tells success: code, text, success; where no source tells, say why in unknownParts.answer.',
    };
    return [profileFault(place, message, 'profile-answer')];
  }
  return caught(place, () => {
    const members = registry.envelope(profile.id, 'response').map(({ name }) => name);
    return (['code', 'text'] as const).flatMap((word) => {
      const member = answer[word];
      if (typeof member !== 'string' || member.startsWith('beside:') || members.includes(member)) return [];
      const known = members.join(', ');
      const message = {
        zh: `应答的报文头没有 ${member}（envelope.json 的 response 为：${known}）；请改正，或写作 beside:名称（调用参数）。`,
        en: `The envelope of an answer has no ${member} (response of envelope.json: ${known}); correct it, or write beside:NAME for an argument of the call.`,
      };
      return [profileFault(`${place}/${word}`, message)];
    });
  });
}

/** National names go with the national codec; anything else has names of its own, and says whose. */
function dialectFaults(registry: Registry, profile: Profile): readonly Fault[] {
  const { id, dialect, codec } = profile;
  if (dialect === 'national') {
    if (codec !== 'national-json') return [noDialect(id)];
    const overlaid = Object.keys(profile.overlay.transactions ?? {});
    return overlaid.flatMap((number) =>
      caught(`${fileOf(id)}#/overlay/transactions/${number}`, () => {
        const operation = registry.findOperation(number, id)?.operation;
        if (operation !== undefined && registry.operation(operation).transaction === number)
          registry.nationalMap(operation, id);
        return [];
      }),
    );
  }
  return [];
}

function noDialect(id: string): Fault {
  return profileFault(`${fileOf(id)}#/dialect`, {
    zh: `报文不是国家 JSON，须用 dialect 写明字段名出自何处：自成一体的写 "${id}"。`,
    en: `The messages are not the national JSON, so dialect says whose names they have: "${id}" for names of its own.`,
  });
}
