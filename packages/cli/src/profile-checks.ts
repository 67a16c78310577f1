/** The checks that lead the author of a profile: each says what to fill in next. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkMaps, checkProfile } from '@yiqiao/insurance-platform';
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import type { Profile, Registry } from '@yiqiao/registry';
import { codeBeside, readMessage } from './read-message.ts';
import type { ReadMessage } from './read-message.ts';
import { placeOf } from './report.ts';
import { startFiles, LIKENESSES } from './profile-starts.ts';

/** One check that fails. */
export interface NextStep {
  readonly check: 'opens' | 'described' | 'answers' | 'parts' | 'sample' | 'reads' | 'fields' | 'maps';
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

/** Everything that is still to be done; the samples of a profile that does not open are left until it does. */
export function nextSteps(of: ProfileFolder): readonly NextStep[] {
  const { registry, id, folder } = of;
  const samples = samplesIn(folder);
  const profile = opened(of);
  const { faults } =
    profile === undefined || profile.dialect === 'national'
      ? checkProfile(registry, id)
      : checkMaps(registry, id, { seed: 1 });
  const steps = faults.map((fault) => stepOf(fault, of));
  if (profile === undefined) return steps;
  const read = [
    ...partSteps(of, samples),
    ...sampleSteps(of, samples),
    ...samples.flatMap((sample) => readSteps(of, profile, sample)),
  ];
  // A fault of the profile that a sample meets as well is told once.
  const told = new Set(steps.map(({ at, next }) => `${at} ${next.en}`));
  return [...steps, ...read.filter(({ at, next }) => !told.has(`${at} ${next.en}`))];
}

/** Parts that other steps ask for. */
const ASKED_ELSEWHERE: ReadonlySet<string> = new Set(['maps', 'overlay', 'source', 'confidence']);

/** Parts of a region that the profile neither has nor says to be unknown. */
function partSteps({ registry, id, folder }: ProfileFolder, samples: readonly Sample[]): readonly NextStep[] {
  const begun = samples.some(({ direction }) => direction === 'request');
  return registry
    .profileParts(id)
    .filter(({ part, state }) => state === 'missing' && !ASKED_ELSEWHERE.has(part))
    .filter(({ part }) => part !== 'samples' || begun)
    .map(({ part }) => ({
      check: 'parts',
      at: part === 'samples' ? join(folder, 'samples') : `${join(folder, 'profile.json')}#/${part}`,
      next: part === 'samples' ? ANSWER_TOO : missingPart(part),
    }));
}

const ANSWER_TOO = {
  zh: '请再放入一条应答（交易号.response.扩展名）；确无来源的，在 unknownParts.samples 中写明原因。',
  en: 'Put an answer here as well, as NUMBER.response.EXTENSION; where no source shows one, say so in unknownParts.samples.',
};

function missingPart(part: string): NextStep['next'] {
  return {
    zh: `请写明 ${part}；确无来源的，在 unknownParts.${part} 中写明原因。`,
    en: `Say what is known of ${part}; where no source tells, say so in unknownParts.${part}.`,
  };
}

function opened({ registry, id }: ProfileFolder): Profile | undefined {
  try {
    return registry.profile(id);
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'PROFILE_BROKEN') return undefined;
    throw error;
  }
}

function stepOf(fault: Fault, { id, folder }: ProfileFolder): NextStep {
  const at = placeOf(fault).replace(`schemas/provincial/${id}/`, `${folder}/`);
  return { check: checkOf(fault), at, next: fault.message };
}

/** Which check a fault of the profile belongs to. */
function checkOf({ rule, at }: Fault): NextStep['check'] {
  if (rule === 'to-fill-in') return 'described';
  if (at.includes('#/envelope/answer')) return 'answers';
  return rule.startsWith('map-') || /\/maps\//.test(at) ? 'maps' : 'opens';
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

interface Sample {
  readonly file: string;
  readonly path: string;
  readonly transaction: string;
  readonly direction: 'request' | 'response';
  readonly text: Buffer;
  /** File with what a relay tells beside the message. */
  readonly besidePath: string;
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
      const besidePath = join(samples, `${transaction}.${direction}.beside.json`);
      return [{ file, path, transaction, direction, text: readFileSync(path), besidePath }];
    });
}

function sampleSteps(
  { registry, id, folder }: ProfileFolder,
  samples: readonly Sample[],
): readonly NextStep[] {
  const saidWhy = registry
    .profileParts(id)
    .some(({ part, state }) => part === 'samples' && state !== 'missing');
  if (!saidWhy && !samples.some(({ direction }) => direction === 'request')) {
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
  const { transaction, text: bytes } = sample;
  const response = sample.direction === 'response';
  const beside = besideOf(sample);
  if (beside === undefined) return [besideStep(sample, BESIDE_BROKEN)];
  const code = response ? codeBeside(profile) : undefined;
  if (code !== undefined && !beside.some((text) => text.startsWith(`${code}=`)))
    return [besideStep(sample, codeMissing(code))];
  let message: ReadMessage;
  try {
    message = readMessage({ registry, profile, bytes }, { transaction, response, beside });
  } catch (error) {
    return told(error, { ...place, check: 'reads' });
  }
  try {
    return fieldFaults(registry, profile, { message, sample }).map((fault) => fieldStep(fault, sample));
  } catch (error) {
    return told(error, { ...place, check: 'fields' });
  }
}

/** What stands beside a sample, as `NAME=VALUE`; undefined where the file is no object of texts. */
function besideOf({ besidePath }: Sample): readonly string[] | undefined {
  if (!existsSync(besidePath)) return [];
  const members = parsed(readFileSync(besidePath, 'utf8'));
  if (typeof members !== 'object' || members === null || Array.isArray(members)) return undefined;
  const entries = Object.entries(members);
  return entries.every(([, value]) => typeof value === 'string')
    ? entries.map(([name, value]) => `${name}=${value as string}`)
    : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function besideStep({ besidePath }: Sample, next: NextStep['next']): NextStep {
  return { check: 'reads', at: besidePath, next };
}

const BESIDE_BROKEN = {
  zh: '应为 JSON 对象，名称为调用的出参，值均为字符串。',
  en: 'This must be a JSON object: names of arguments of the call, each with a string.',
};

function codeMissing(name: string): NextStep['next'] {
  return {
    zh: `本方案的结果码 ${name} 不在报文之内：请在此文件写明，例如 {"${name}":"…"}。`,
    en: `This form has its result code ${name} beside the message: tell it in this file, as {"${name}":"…"}.`,
  };
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
  // A number with or without quotes is read in every region; there is no word for it.
  const ofFields = found.flatMap(({ faults, deviations }) => [
    ...faults.filter(({ rule }) => rule !== 'number-form'),
    ...deviations.filter(({ rule }) => rule === 'unknown-member'),
  ]);
  return [...message.faults, ...ofFields];
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
