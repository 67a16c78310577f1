/** A prescription centre that can be asked: every operation in the words of the model, whichever form it speaks. */
import { GatewayError, leafText } from '@yiqiao/model';
import type { OperationBodies, WireObject } from '@yiqiao/model';
import { connectAdapter, defineAdapter, jsonCodec, nationalShape } from '@yiqiao/sdk';
import type { AdapterDefinition, CallDefinition, ConnectionSettings } from '@yiqiao/sdk';
import type { CentreDialect } from './centre-dialect.ts';
import type { CentreFacts, PrescriptionOperation } from './facts.ts';
import { namedRefusal } from './refusals.ts';
import { requireMembers } from './required-members.ts';

/** An answer. */
export interface CentreAnswer<O extends PrescriptionOperation> {
  readonly body: OperationBodies[O]['response'];
  /** Members of the first node beyond the definition, as text by wire name. */
  readonly beyond: Readonly<Record<string, string>>;
}

/** What a centre can be asked, with types. */
export type CentreOperations = {
  [O in PrescriptionOperation]: { request: OperationBodies[O]['request']; response: CentreAnswer<O> };
};

/** A centre. */
export interface Centre {
  /**
   * Asks once.
   * @throws GatewayError a `PRESCRIPTION_…` code where the centre's refusal is known, else `UPSTREAM_REJECTED`;
   *   `UPSTREAM_UNREACHABLE` (nothing left) | `UPSTREAM_TIMEOUT`, `UPSTREAM_REPLY_UNUSABLE` (unknown) |
   *   `MESSAGE_INVALID` with every fault (nothing was sent).
   */
  ask<O extends PrescriptionOperation>(
    operation: O,
    body: OperationBodies[O]['request'],
    options?: { readonly signal?: AbortSignal },
  ): Promise<CentreAnswer<O>>;
  close(): Promise<void>;
}

/** What the adapter says of a centre that speaks so; `connectCentre` connects it. */
export function defineCentre(
  facts: CentreFacts,
  dialect: CentreDialect,
): AdapterDefinition<CentreOperations> {
  const calls = Object.fromEntries(
    (Object.keys(facts.operations) as PrescriptionOperation[]).map((operation) => [
      operation,
      callOf(operation, facts, dialect),
    ]),
  );
  return defineAdapter<CentreOperations>({
    id: 'prescription-centre',
    codec: jsonCodec(),
    // Each call is made for the operation under whose name it stands.
    calls: calls as unknown as AdapterDefinition<CentreOperations>['calls'],
    refusal: (answer) => dialect.refusal(answer),
  });
}

/** Connects a centre; nothing is sent before the first question. @throws GatewayError `CONFIG_INVALID`. */
export function connectCentre(
  facts: CentreFacts,
  dialect: CentreDialect,
  settings: ConnectionSettings,
): Centre {
  const connected = connectAdapter(defineCentre(facts, dialect), settings);
  const now = (): number => settings.clock?.now() ?? Date.now();
  return {
    async ask(operation, body, { signal } = {}) {
      const messageId = dialect.newMessageId?.(now());
      try {
        return await connected.call(operation, body, {
          ...(messageId === undefined ? {} : { messageId }),
          ...(signal === undefined ? {} : { signal }),
        });
      } catch (error) {
        throw error instanceof GatewayError ? namedRefusal(error, facts) : error;
      }
    },
    close: () => connected.close(),
  };
}

function callOf<O extends PrescriptionOperation>(
  operation: O,
  { operations }: CentreFacts,
  dialect: CentreDialect,
): CallDefinition<CentreOperations, O> {
  const facts = operations[operation];
  const path = dialect.path(facts);
  return {
    effect: facts.effect,
    ...(facts.wayOut === undefined ? {} : { wayOut: facts.wayOut }),
    ...(path === undefined ? {} : { path }),
    toWire: (request, parts) =>
      dialect.write(
        nationalShape(operation).writeRequest(request as OperationBodies[O]['request'], facts.relaxed),
        facts,
        parts,
      ),
    toModel: (answer) => readAnswer(operation, dialect.read(answer, facts), facts.needs ?? []),
  } as CallDefinition<CentreOperations, O>;
}

function readAnswer<O extends PrescriptionOperation>(
  operation: O,
  nodes: WireObject,
  needs: readonly string[],
): CentreAnswer<O> {
  requireMembers(nodes, needs);
  const { body, carried } = nationalShape(operation).readResponse(nodes);
  const beyond = Object.entries(carried).flatMap(([pointer, value]) => {
    const name = /^\/data\/(\w+)$/.exec(pointer)?.[1];
    const text = leafText(value);
    return name === undefined || text === undefined ? [] : [[name, text] as const];
  });
  return { body, beyond: Object.fromEntries(beyond) };
}
