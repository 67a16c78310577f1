/** Everything between a read message and a written one: validators, identities, dialects, maps, in both directions. */
import { Buffer } from 'node:buffer';
import { acceptRequest, createDoors, writeError } from '../../../adapters/insurance-platform/src/index.ts';
import type {
  AcceptedRequest,
  ConnectionAtOnce,
  Door,
} from '../../../adapters/insurance-platform/src/index.ts';
import { GatewayError, isWireObject } from '@yiqiao/model';
import type { CanonicalRequest, CanonicalResponse, Clock, WireObject } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import { readJsonObject } from '@yiqiao/signer';
import { definedBody, nationalEnvelope, NOW } from '../messages.ts';
import { mutateTree, textOf, treeOf } from '../json-tree.ts';
import type { Random } from '../random.ts';
import { reactionOf, refusalTold } from '../reaction.ts';
import type { Turn } from '../reaction.ts';
import type { FuzzInput, Target } from '../target.ts';
import { LIMITS } from '../samples.ts';

const clock: Clock = { now: () => NOW };

/** Creates the target. */
export function createMappingTarget(registry: Registry): Target {
  const doors = createDoors({ registry, clock, limits: LIMITS, referenceId: () => 'R'.repeat(30) });
  const known = registry.profiles().flatMap((id) => findDoor(() => doors.of(registry.profile(id))));
  const byId = new Map(known.map((door) => [door.profile.id, door]));
  return {
    name: 'mapping',
    weight: 5,
    make(random) {
      const profile = random.percent(40) ? 'national' : (random.find([...byId.keys()]) ?? 'national');
      const transaction = random.find(registry.profileTransactions(profile)) ?? '2207';
      const mode = random.percent(70) ? 'tolerant' : 'strict';
      const of = { profile, transaction };
      const request = definedBody(registry, { ...of, direction: 'request' }, random);
      const answer = definedBody(registry, { ...of, direction: 'response' }, random);
      const message = { envelope: nationalEnvelope(transaction, random), request, answer };
      return { about: { profile, transaction, mode }, bytes: mutated(message, random) };
    },
    react: (input) =>
      reactionOf((turn) => {
        const door = byId.get(input.about['profile'] ?? '');
        return door === undefined ? [] : passThrough(registry, door, { input, turn });
      }),
  };
}

/** A form that no source shows has no door. */
function findDoor(find: () => Door): Door[] {
  try {
    return [find()];
  } catch (error) {
    if (error instanceof GatewayError) return [];
    throw error;
  }
}

/** Few changes, so that some messages get past the validators. */
function mutated(message: object, random: Random): Buffer {
  let tree = treeOf(JSON.parse(JSON.stringify(message)));
  const rounds = random.below(4);
  for (let round = 0; round < rounds; round += 1) tree = mutateTree(tree, random);
  return Buffer.from(textOf(tree));
}

async function passThrough(
  registry: Registry,
  door: Door,
  { input: { about, bytes }, turn }: { readonly input: FuzzInput; readonly turn: Turn },
): Promise<string[]> {
  // It takes what the codecs take.
  const { envelope, request, answer } = turn(() => readJsonObject(bytes));
  if (!isWireObject(envelope) || !isWireObject(request)) return [];
  const parts = connection(registry, door, about['mode'] === 'strict' ? 'strict' : 'tolerant');
  const transaction = about['transaction'] ?? '';
  const given = { transaction, envelope, body: request, signedBytes: bytes, deviations: [] };
  const output = isWireObject(answer) ? answer : null;
  try {
    const { accepted, asked } = turn(() => {
      const taken = acceptRequest(parts, given);
      return { accepted: taken, asked: taken.steps.flatMap((step) => built(() => step.build([]))) };
    });
    return [
      ...turn(() => refusalTold(() => answered(accepted, asked, output, parts))),
      ...asked.flatMap((one) => turn(() => refusalTold(() => called(one, door)))),
      JSON.stringify(accepted.deviations),
    ];
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    // What the caller hears of it.
    const header = door.dialect.header(given);
    const told = await writeError({ parts, header, error, receivedAt: NOW });
    return [Buffer.from(told.bytes).toString('utf8')];
  }
}

/** A step that draws on an answer which is not there says so. */
function built(build: () => CanonicalRequest): CanonicalRequest[] {
  try {
    return [build()];
  } catch (error) {
    if (error instanceof GatewayError) return [];
    throw error;
  }
}

/** The answer that the caller would get. */
function answered(
  accepted: AcceptedRequest,
  asked: readonly CanonicalRequest[],
  output: WireObject | null,
  { dialect }: ConnectionAtOnce,
): void {
  const responses = asked.map((request): CanonicalResponse => {
    const read = dialect.calls?.content(request, responseOf(output), () => undefined);
    return { referenceId: '', content: read?.content ?? request.content, deviations: read?.notes ?? [] };
  });
  if (responses.length === accepted.steps.length) accepted.answer(responses);
}

/** The message to a far side of the same family. */
function called(request: CanonicalRequest, { dialect, codec }: Door): void {
  const sent = dialect.calls?.outgoing(request, () => undefined);
  if (sent !== undefined) codec.writeRequest(sent.message);
}

function responseOf(body: WireObject | null) {
  const signedBytes = Buffer.alloc(0);
  return { success: true, code: '0', text: '', envelope: {}, body, signedBytes, deviations: [], faults: [] };
}

function connection(registry: Registry, door: Door, mode: 'strict' | 'tolerant'): ConnectionAtOnce {
  return {
    ...door,
    peer: 'peer',
    mode,
    registry,
    clock,
    clockToleranceMs: 600_000,
    referenceId: () => 'R'.repeat(30),
    mintMessageId: (institution) => `${institution}minted`,
    findRecord: (_institution, kind, key) =>
      key.length % 2 === 0 ? undefined : { kind, key, request: {}, response: {} },
    findOriginal: () => undefined,
  };
}
