/** Checks what an adapter says of its far side before anything is sent: all faults at once. */
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import type { AdapterDefinition, AdapterSpec, OperationTypes } from './definition-types.ts';

/**
 * A definition, checked.
 * @throws GatewayError `ADAPTER_INVALID` with a fault, place and remedy for each thing that is missing or wrong.
 */
export function defineAdapter<Ops extends OperationTypes<Ops>, Events extends object = Record<never, never>>(
  spec: AdapterSpec<Ops, Events>,
): AdapterDefinition<Ops, Events> {
  const faults = findFaults(spec as unknown as Loose);
  if (faults.length > 0)
    throw new GatewayError('ADAPTER_INVALID', { faults, facts: { adapter: String(spec.id) } });
  return Object.freeze({ ...spec, checked: true });
}

/** A definition as JavaScript may hand it over. */
type Loose = Readonly<Record<string, unknown>>;

const CODEC_FUNCTIONS = ['formatRequest', 'parseRequest', 'formatResponse', 'parseResponse'];
const CALL_MEMBERS = [
  'effect',
  'path',
  'headers',
  'toWire',
  'toModel',
  'refusal',
  'wayOut',
  'query',
  'undo',
  'twoPhase',
];
const NOTIFICATION_MEMBERS = ['path', 'read', 'answer', 'status'];
const SPEC_MEMBERS = ['id', 'codec', 'calls', 'refusal', 'signedMember', 'notifications', 'polling'];
const WAYS_OUT = ['query', 'undo', 'repeat', 'person'];

function findFaults(spec: Loose): Fault[] {
  const calls = isObject(spec['calls']) ? spec['calls'] : {};
  const notifications = isObject(spec['notifications']) ? spec['notifications'] : {};
  return [
    ...unknownMembers(spec, '', SPEC_MEMBERS),
    ...(typeof spec['id'] === 'string' && /^[\w.-]+$/.test(spec['id'])
      ? []
      : [
          fault(
            '/id',
            'format',
            '应为由字母、数字、连字符组成的名称。',
            'Must be a name of letters, digits and hyphens.',
          ),
        ]),
    ...codecFaults(spec['codec']),
    ...(Object.keys(calls).length + Object.keys(notifications).length > 0
      ? []
      : [
          fault(
            '/calls',
            'required',
            '至少定义一个调用或通知。',
            'Define at least one call or notification.',
          ),
        ]),
    ...Object.entries(calls).flatMap(([name, call]) => callFaults(call, `/calls/${name}`, calls)),
    ...Object.entries(notifications).flatMap(([name, one]) =>
      notificationFaults(one, `/notifications/${name}`),
    ),
    ...pathFaults(notifications),
    ...pollingFaults(spec['polling']),
  ];
}

function codecFaults(codec: unknown): Fault[] {
  if (!isObject(codec))
    return [
      fault(
        '/codec',
        'required',
        '缺少编解码器，例如 jsonCodec()。',
        'A codec is missing, for example jsonCodec().',
      ),
    ];
  return [
    ...requireFunctions(codec, '/codec', CODEC_FUNCTIONS),
    ...(typeof codec['contentType'] === 'string'
      ? []
      : [fault('/codec/contentType', 'required', '缺少媒体类型。', 'The media type is missing.')]),
  ];
}

function callFaults(call: unknown, at: string, calls: Loose): Fault[] {
  if (!isObject(call))
    return [fault(at, 'type', '应为一个调用的定义。', 'Must be the definition of a call.')];
  const { effect, wayOut } = call;
  const faults = [
    ...unknownMembers(call, at, CALL_MEMBERS),
    ...requireFunctions(call, at, ['toWire', 'toModel']),
  ];
  if (effect !== 'read' && effect !== 'write') {
    const [zh, en] = [
      '应写明 read（只查询）或 write（会改变对方）。',
      'Say read (only asks) or write (changes something there).',
    ];
    faults.push(fault(`${at}/effect`, 'required', zh, en));
  }
  if (effect === 'write' && !WAYS_OUT.includes(String(wayOut))) {
    const zh = '会改变对方的调用须写明应答丢失后的办法：query、undo、repeat 或 person。';
    const en = 'A call that writes names the way out of a lost answer: query, undo, repeat or person.';
    faults.push(fault(`${at}/wayOut`, 'required', zh, en));
  }
  if (wayOut === 'query') faults.push(...ruleFaults(call['query'], `${at}/query`, { calls, effect: 'read' }));
  if (wayOut === 'undo') faults.push(...ruleFaults(call['undo'], `${at}/undo`, { calls, effect: 'write' }));
  return [...faults, ...twoPhaseFaults(call['twoPhase'], `${at}/twoPhase`, calls)];
}

function twoPhaseFaults(rule: unknown, at: string, calls: Loose): Fault[] {
  if (rule === undefined) return [];
  const given = isObject(rule) ? rule : {};
  return [
    ...requireFunctions(given, at, ['commitKey']),
    ...['confirm', 'cancel'].flatMap((name) =>
      ruleFaults(given[name], `${at}/${name}`, { calls, effect: 'write' }),
    ),
  ];
}

function ruleFaults(
  rule: unknown,
  at: string,
  { calls, effect }: { readonly calls: Loose; readonly effect: 'read' | 'write' },
): Fault[] {
  if (!isObject(rule))
    return [fault(at, 'required', '缺少该办法的定义。', 'The definition of this way out is missing.')];
  const target = calls[String(rule['with'])];
  const faults = requireFunctions(rule, at, effect === 'read' ? ['toRequest', 'outcome'] : ['toRequest']);
  if (isObject(target) && target['effect'] === effect) return faults;
  const known = Object.keys(calls).filter(
    (name) => (calls[name] as Loose | undefined)?.['effect'] === effect,
  );
  const zh = `应指明一个 ${effect} 调用；现有：${known.join('、')}。`;
  const en = `Name a call whose effect is ${effect}; there are: ${known.join(', ')}.`;
  return [...faults, fault(`${at}/with`, 'choice', zh, en)];
}

function notificationFaults(notification: unknown, at: string): Fault[] {
  if (!isObject(notification))
    return [fault(at, 'type', '应为一个通知的定义。', 'Must be the definition of a notification.')];
  return [
    ...unknownMembers(notification, at, NOTIFICATION_MEMBERS),
    ...requireFunctions(notification, at, ['read', 'answer']),
    ...(typeof notification['path'] === 'string'
      ? []
      : [fault(`${at}/path`, 'required', '缺少接收路径。', 'The path it is posted to is missing.')]),
  ];
}

/** Two notifications of one path could not be told apart. */
function pathFaults(notifications: Loose): Fault[] {
  const seen = new Map<unknown, string>();
  return Object.entries(notifications).flatMap(([name, one]) => {
    const path = isObject(one) ? one['path'] : undefined;
    const other = seen.get(path);
    seen.set(path, name);
    return other === undefined || path === undefined
      ? []
      : [
          fault(
            `/notifications/${name}/path`,
            'unique',
            `与 ${other} 的路径相同。`,
            `${other} has the same path.`,
          ),
        ];
  });
}

function pollingFaults(polling: unknown): Fault[] {
  if (polling === undefined) return [];
  const given = isObject(polling) ? polling : {};
  const { intervalMs } = given;
  return [
    ...requireFunctions(given, '/polling', ['poll']),
    ...(typeof intervalMs === 'number' && intervalMs >= 10
      ? []
      : [fault('/polling/intervalMs', 'range', '应为至少 10 毫秒。', 'Must be 10 ms or more.')]),
  ];
}

function requireFunctions(owner: Loose, at: string, names: readonly string[]): Fault[] {
  return names
    .filter((name) => typeof owner[name] !== 'function')
    .map((name) => fault(`${at}/${name}`, 'required', '缺少此函数。', 'This function is missing.'));
}

/** A misspelt member must not be ignored. */
function unknownMembers(owner: Loose, at: string, known: readonly string[]): Fault[] {
  return Object.keys(owner)
    .filter((name) => !known.includes(name))
    .map((name) =>
      fault(
        `${at}/${name}`,
        'unknown-member',
        `没有此成员；可用：${known.join('、')}。`,
        `There is no such member; known here: ${known.join(', ')}.`,
      ),
    );
}

function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fault(at: string, rule: string, zh: string, en: string): Fault {
  const field = at.slice(at.lastIndexOf('/') + 1);
  return { rule, at, field, label: { zh: field, en: field }, message: { zh, en } };
}
