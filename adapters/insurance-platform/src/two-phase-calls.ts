/** Calls to a far side at which a write stands only once it is confirmed. Source: the profile's `twoPhase.calls`. */
import { GatewayError, leafText } from '@yiqiao/model';
import type {
  AdapterWithTwoPhase,
  CallContext,
  CanonicalRequest,
  CommitKey,
  CommitResult,
  StagedMessage,
} from '@yiqiao/model';
import type { WireResponse } from '@yiqiao/wire';
import type { ConnectionParts } from './connection.ts';
import { askFarSide } from './far-side.ts';
import type { FarCall, FarSide } from './far-side.ts';
import { BESIDE, phaseCallsOf } from './phase-calls.ts';
import type { PhaseCall } from './phase-calls.ts';
import { namesPhrase } from './phrases.ts';

/** The abilities of a far side whose profile has calls that confirm; nothing for any other. */
export function createTwoPhase(
  far: FarSide,
): Pick<AdapterWithTwoPhase, 'isStaged' | 'confirm' | 'cancel'> | undefined {
  const { parts } = far;
  const confirming = callThat(parts, 'confirm');
  const cancelling = callThat(parts, 'cancel');
  if (confirming === undefined) return undefined;
  return {
    isStaged: (request) => isStaged(parts, request),
    confirm: (message, context) => commit(far, confirming, { message, context }),
    // What no answer has told a number of can not be named, and a form without cancellation lets it lapse by itself.
    cancel: async (message, context) =>
      cancelling === undefined || message.commitKey === undefined
        ? 'refused'
        : commit(far, cancelling, { message, context }),
  };
}

/**
 * The numbers under which an answer waits for its confirmation; `undefined` when it does not wait.
 * @throws GatewayError `UPSTREAM_REPLY_UNUSABLE` when it tells no number: it can be neither confirmed nor cancelled
 */
export function commitKeyOf(
  parts: ConnectionParts,
  request: CanonicalRequest,
  response: WireResponse,
): CommitKey | undefined {
  const confirming = callThat(parts, 'confirm');
  if (confirming === undefined || !isStaged(parts, request)) return undefined;
  const original = nameOf(confirming);
  const key: Record<string, string> = {};
  for (const name of new Set([original, ...keyNames(parts)])) {
    const value = leafText(response.envelope[name]) ?? leafText(response.body?.[name]) ?? '';
    if (value !== '') key[name] = value;
  }
  if (key[original] !== undefined) return key;
  const facts = { transaction: request.header.transaction, why: `no ${original} to confirm it by` };
  throw new GatewayError('UPSTREAM_REPLY_UNUSABLE', { facts });
}

function callThat({ profile }: ConnectionParts, does: PhaseCall['does']): PhaseCall | undefined {
  return phaseCallsOf(profile).find((call) => call.does === does);
}

function isStaged({ registry, ...parts }: ConnectionParts, { content }: CanonicalRequest): boolean {
  if (content.form !== 'canonical' || callThat({ registry, ...parts }, 'confirm') === undefined) return false;
  const { effect, operation } = registry.operation(content.operation);
  return effect === 'write' && operation !== 'reverseTransaction';
}

/** Names of the numbers, as the profile's `twoPhase.key` has them. */
function keyNames({ profile }: ConnectionParts): readonly string[] {
  const { key = [] } = (profile.data['twoPhase'] ?? {}) as { key?: string | readonly string[] };
  return typeof key === 'string' ? [key] : key;
}

function nameOf({ original }: PhaseCall): string {
  return original.startsWith(BESIDE) ? original.slice(BESIDE.length) : original;
}

async function commit(
  far: FarSide,
  call: PhaseCall,
  { message, context }: { readonly message: StagedMessage; readonly context: CallContext },
): Promise<CommitResult> {
  const { profile } = far.parts;
  try {
    const response = await askFarSide(far, callOf(call, message.commitKey ?? {}), context);
    if (response.success) return 'done';
    if (namesPhrase(profile, 'notNow', response.text)) return 'unknown';
    return namesPhrase(profile, 'originalNotFound', response.text) ? 'nothing-there' : 'refused';
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code === 'UPSTREAM_UNREACHABLE') throw error;
    return 'unknown';
  }
}

function callOf(call: PhaseCall, key: CommitKey): FarCall {
  const { transaction, bare = false, when = {} } = call;
  if (bare) return { transaction, beside: key };
  const conditions = Object.entries(when).map(([element, [value = '']]) => [element, value] as const);
  const body = { ...Object.fromEntries(conditions), [nameOf(call)]: key[nameOf(call)] ?? '' };
  return { transaction, message: { transaction, envelope: {}, body } };
}
