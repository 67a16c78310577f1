/** The checks that lead the author of a profile: each says what to fill in next. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkMaps } from '@yiqiao/insurance-platform';
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import type { Profile, Registry } from '@yiqiao/registry';
import { readMessage } from './read-message.ts';
import type { ReadMessage } from './read-message.ts';
import { placeOf } from './report.ts';
import { startFiles, LIKENESSES, TO_FILL_IN } from './profile-starts.ts';

/** One check that fails. */
export interface NextStep {
  readonly check: 'opens' | 'described' | 'answers' | 'sample' | 'reads' | 'fields' | 'maps';
  /** File and place. */
  readonly at: string;
  readonly next: { readonly zh: string; readonly en: string };
}

/** What is checked: a profile, and the folder that holds it. */
export interface ProfileFolder {
  readonly registry: Registry;
  readonly id: string;
  readonly folder: string;
}

/** Everything that is still to be done; a profile that does not open is told its faults and nothing else. */
export function nextSteps(of: ProfileFolder): readonly NextStep[] {
  const opened = open(of);
  if (!('profile' in opened)) return opened.faults;
  const { profile } = opened;
  const samples = samplesIn(of.folder);
  return [
    ...described(of, profile),
    ...answers(of, profile),
    ...sampleSteps(of, samples),
    ...samples.flatMap((sample) => readSteps(of, profile, sample)),
    ...mapSteps(of, profile, samples),
  ];
}

function open({
  registry,
  id,
  folder,
}: ProfileFolder): { readonly profile: Profile } | { readonly faults: readonly NextStep[] } {
  try {
    return { profile: registry.profile(id) };
  } catch (error) {
    return { faults: told(error, { check: 'opens', folder, id, at: join(folder, 'profile.json') }) };
  }
}

interface Place {
  readonly check: NextStep['check'];
  readonly folder: string;
  readonly id: string;
  readonly at: string;
}

/** The faults of an error, in the folder where the author finds them. @throws whatever is no GatewayError */
function told(error: unknown, { check, folder, id, at }: Place): readonly NextStep[] {
  if (!(error instanceof GatewayError)) throw error;
  const faults = error.details.faults ?? [];
  if (faults.length === 0) return [{ check, at, next: error.kind.cause }];
  return faults.map((fault) => ({
    check,
    at: fault.at.startsWith('schemas/')
      ? fault.at.replace(`schemas/provincial/${id}`, folder)
      : `${at} ${fault.at}`,
    next: fault.message,
  }));
}

function described({ folder }: ProfileFolder, profile: Profile): readonly NextStep[] {
  const texts: readonly (readonly [string, string])[] = [
    ['title/zh', profile.title.zh],
    ['title/en', profile.title.en],
    ['source', profile.source],
  ];
  return texts
    .filter(([, text]) => text.includes(TO_FILL_IN))
    .map(([place]) => ({
      check: 'described',
      at: `${join(folder, 'profile.json')}#/${place}`,
      next: {
        zh: '请填写；来源写明每项事实见于何处。',
        en: 'Fill it in; the source says where each fact was seen.',
      },
    }));
}

/** The codecs of one form, whose answers tell success in one known way. */
const KNOWN_ANSWERS: ReadonlySet<string> = new Set(['national-json', 'predecessor-xml']);

/** Without it nobody knows whether an answer tells success. */
function answers({ folder }: ProfileFolder, profile: Profile): readonly NextStep[] {
  if (KNOWN_ANSWERS.has(profile.codec) || profile.envelope['answer'] !== undefined) return [];
  return [
    {
      check: 'answers',
      at: `${join(folder, 'profile.json')}#/envelope/answer`,
      next: {
        zh: '请写明应答如何表示成败：code、text、success。',
        en: 'Say how an answer tells success: code, text, success.',
      },
    },
  ];
}

interface Sample {
  readonly file: string;
  readonly path: string;
  readonly transaction: string;
  readonly direction: 'request' | 'response';
  readonly text: Buffer;
}

function samplesIn(folder: string): readonly Sample[] {
  const samples = join(folder, 'samples');
  if (!existsSync(samples)) return [];
  return readdirSync(samples)
    .toSorted()
    .flatMap((file) => {
      const [, transaction, direction] = /^(.+)\.(request|response)\.(?!beside)/.exec(file) ?? [];
      if (transaction === undefined || (direction !== 'request' && direction !== 'response')) return [];
      const path = join(samples, file);
      return [{ file, path, transaction, direction, text: readFileSync(path) }];
    });
}

function sampleSteps({ id, folder }: ProfileFolder, samples: readonly Sample[]): readonly NextStep[] {
  if (!samples.some(({ direction }) => direction === 'request')) {
    const next = {
      zh: '请放入一条本地真实请求（隐去个人信息），文件名为 交易号.request.扩展名。',
      en: 'Put a real request of the region here, without personal data, as NUMBER.request.EXTENSION.',
    };
    return [{ check: 'sample', at: join(folder, 'samples'), next }];
  }
  const begun = new Set(
    LIKENESSES.flatMap((like) =>
      Object.entries(startFiles(id, like)).flatMap(([path, content]) =>
        typeof content === 'string' ? `${path} ${content}` : [],
      ),
    ),
  );
  return samples
    .filter(({ file, text }) => begun.has(`samples/${file} ${text.toString()}`))
    .map(({ path }) => ({
      check: 'sample',
      at: path,
      next: {
        zh: '这是开头的示例，请换成本地真实报文（隐去个人信息）。',
        en: 'This is the message that every profile begins with: put one of the region in its place, without personal data.',
      },
    }));
}

function readSteps(of: ProfileFolder, profile: Profile, sample: Sample): readonly NextStep[] {
  const { registry, folder, id } = of;
  const place = { folder, id, at: sample.path };
  let message: ReadMessage;
  try {
    const { transaction, direction, text: bytes } = sample;
    message = readMessage({ registry, profile, bytes }, { transaction, response: direction === 'response' });
  } catch (error) {
    return told(error, { ...place, check: 'reads' });
  }
  try {
    return fieldFaults(registry, profile, { message, sample }).map((fault) => fieldStep(fault, sample));
  } catch (error) {
    return told(error, { ...place, check: 'fields' });
  }
}

function fieldFaults(
  registry: Registry,
  { id }: Profile,
  { message, sample }: { message: ReadMessage; sample: Sample },
): readonly Fault[] {
  const { direction } = sample;
  const at = direction === 'request' ? '/input' : '/output';
  const found = [
    registry.envelopeValidator(id, direction, 'strict')(message.envelope, ''),
    registry.validator(id, message.transaction, direction, 'strict')(message.body, at),
  ];
  return found.flatMap(({ faults, deviations }) => [
    ...faults,
    ...deviations.filter(({ rule }) => rule === 'unknown-member'),
  ]);
}

/** Which word of the overlay takes care of a difference. */
const WORDS: Readonly<Record<string, string>> = {
  'unknown-member': 'add',
  required: 'relax',
  length: 'measure',
};

function fieldStep(fault: Fault, { path, transaction, direction }: Sample): NextStep {
  const word = WORDS[fault.rule];
  const at = `${path} ${fault.at}`;
  if (word === undefined) return { check: 'fields', at, next: fault.message };
  return {
    check: 'fields',
    at,
    next: {
      zh: `${fault.message.zh}若本地确实如此，请在 profile.json 的 overlay（交易 ${transaction} ${direction}）或交易定义中用 ${word} 写明 ${fault.field}。`,
      en: `${fault.message.en} If the region has it so, say it of ${fault.field} with ${word}: in the overlay of profile.json (transaction ${transaction}, ${direction}), or in the definition.`,
    },
  };
}

function mapSteps(of: ProfileFolder, profile: Profile, samples: readonly Sample[]): readonly NextStep[] {
  if (profile.dialect === 'national') return [];
  const { registry, id, folder } = of;
  const missing = [...new Set(samples.map(({ transaction }) => transaction))]
    .filter((transaction) => registry.mapFile(id, transaction) === undefined)
    .map((transaction): NextStep => {
      const next = {
        zh: `请写映射文件，说明交易 ${transaction} 在规范模型中是什么，见 docs/profiles.md 第 6 节。`,
        en: `Write the map that says what transaction ${transaction} is in the model; docs/profiles.md, section 6.`,
      };
      return { check: 'maps', at: join(folder, `maps/${transaction}.json`), next };
    });
  const faults = checkMaps(registry, id, { seed: 1 }).faults.map((fault): NextStep => ({
    check: 'maps',
    at: placeOf(fault).replace(`schemas/provincial/${id}`, folder),
    next: fault.message,
  }));
  return [...missing, ...faults];
}
