/** The national JSON names: operations by their derived maps, everything else in the national form as it is. */
import { compileNationalMap, NATIONAL_DIALECT } from '@yiqiao/mapping';
import type { CompiledMap, ToWire } from '@yiqiao/mapping';
import { compactTime, GatewayError } from '@yiqiao/model';
import type { CanonicalRequest, Content, MessageHeader, Operation } from '@yiqiao/model';
import type { Profile, Registry } from '@yiqiao/registry';
import { fillFromRecord } from './fill.ts';
import type { CallingDialect, Dialect, Plan } from './dialect.ts';
import { nationalEnvelope, nationalHeader } from './national-header.ts';

type MapOf = (operation: Operation) => CompiledMap;

/** Creates the national dialect of a profile; its maps are compiled on first use. */
export function createNationalDialect(registry: Registry, profile: Profile): Dialect {
  const profileId = profile.id;
  const maps = new Map<Operation, CompiledMap>();
  const mapOf: MapOf = (operation) => {
    let map = maps.get(operation);
    if (map === undefined) {
      const label = (name: string) => registry.findName(name)?.label;
      map = compileNationalMap(registry.nationalMap(operation, profileId), { label });
      maps.set(operation, map);
    }
    return map;
  };
  return {
    id: NATIONAL_DIALECT,
    header: (request) => nationalHeader(request.envelope),
    plan: (request, header, { findRecord }) => {
      const entry = registry.findOperation(request.transaction, profileId);
      if (entry === undefined) {
        const transaction = registry.nationalNumber(profileId, request.transaction);
        const effect = registry.isRead(transaction) ? 'read' : 'write';
        const content: Content = { form: 'national', body: request.body };
        const told = {
          ...header,
          ...numbersOf(profileId, { national: transaction, own: request.transaction }),
        };
        return planNationalForm({ header: told, content }, effect);
      }
      const map = mapOf(entry.operation);
      const { body, carried, notes } = map.request.toModel(request.body);
      const filled = fillFromRecord(profile, { transaction: entry.transaction, body, findRecord });
      const deviations = [...notes, ...filled.notes];
      const content: Content = {
        form: 'canonical',
        operation: entry.operation,
        body: filled.body,
        carried,
        dialect: NATIONAL_DIALECT,
      };
      const { operation, transaction } = entry;
      const numbers = { national: transaction, own: request.transaction };
      const national = { ...header, ...numbersOf(profileId, numbers) };
      return {
        steps: [{ operation, transaction, build: () => ({ header: national, content }) }],
        deviations,
        answer: ([response]) => {
          if (response?.content.form !== 'canonical') return null;
          const told = map.response.toWire(response.content);
          deviations.push(...told.notes, ...told.faults);
          return told.body;
        },
      };
    },
    answerEnvelope: (_header, stamp) => ({
      inf_refmsgid: stamp.referenceId,
      refmsg_time: compactTime(stamp.receivedAt),
      respond_time: compactTime(stamp.answeredAt),
    }),
    errorDetail: (detail) => ({ yiqiao: detail }),
    calls: createCalls(mapOf, (header) => numberFor(header, profileId, registry)),
    check() {
      for (const operation of registry.operations()) mapOf(operation);
      return [];
    },
  };
}

/** The number inside, and the one of the profile where it is a variant: a peer of the same profile gets that. */
function numbersOf(
  profile: string,
  { national, own }: { readonly national: string; readonly own: string },
): Pick<MessageHeader, 'transaction' | 'regional'> {
  // A transaction of the region's own bears the region before its number, and is found again by that.
  if (own === national || national.endsWith(`:${own}`)) return { transaction: national };
  return { transaction: national, regional: { profile, national, transaction: own } };
}

/** A transaction without canonical operation travels in the national form as it is. */
function planNationalForm(request: CanonicalRequest, effect: 'read' | 'write'): Plan {
  return {
    steps: [{ transaction: request.header.transaction, effect, build: () => request }],
    deviations: [],
    answer: ([response]) => (response?.content.form === 'national' ? response.content.body : null),
  };
}

function createCalls(mapOf: MapOf, numberOf: (header: MessageHeader) => string): CallingDialect {
  return {
    takesDecisions: true,
    drawsOnRecords: false,
    outgoing(request) {
      const { header, content } = request;
      const { body, notes } = requestBody(mapOf, content);
      const envelope = nationalEnvelope(header);
      return { message: { transaction: numberOf(header), envelope, body: body ?? {} }, notes };
    },
    content(request, response) {
      if (request.content.form === 'national') {
        return { content: { form: 'national', body: response.body }, notes: [] };
      }
      const { operation } = request.content;
      const { body, carried, notes } = mapOf(operation).response.toModel(response.body);
      return { content: { form: 'canonical', operation, body, carried, dialect: NATIONAL_DIALECT }, notes };
    },
  };
}

/** The number as the peer knows it. @throws GatewayError `FORMAT_LIMIT` when it knows no such transaction. */
function numberFor({ transaction, regional }: MessageHeader, profileId: string, registry: Registry): string {
  if (regional?.profile === profileId && regional.national === transaction) return regional.transaction;
  const [owner = '', number] = transaction.split(':');
  if (number === undefined) return transaction;
  // Under this number the peer may know something else entirely.
  if (registry.nationalNumber(profileId, number) !== transaction) throw ownOfAnother(owner, number);
  return number;
}

function ownOfAnother(owner: string, number: string): GatewayError {
  const fault = {
    rule: 'regional-transaction',
    at: '/infno',
    field: 'infno',
    found: number,
    label: { zh: '交易编号', en: 'transaction number' },
    message: {
      zh: `交易 ${number} 是方案 ${owner} 自有的，接收方没有这一交易；请只发往使用该方案的一方。`,
      en: `Transaction ${number} belongs to the profile ${owner} alone and the receiver has no such one; send it to a party of that profile.`,
    },
  };
  return new GatewayError('FORMAT_LIMIT', { faults: [fault], facts: { transaction: number } });
}

function requestBody(mapOf: MapOf, content: Content): Pick<ToWire, 'body' | 'notes'> {
  if (content.form === 'national') return { body: content.body, notes: [] };
  const { request, response } = mapOf(content.operation);
  const asked = request.toWire(content);
  if (content.result === undefined) return { body: bodyOf(asked), notes: asked.notes };
  const told = response.toWire({ body: content.result, carried: {}, dialect: NATIONAL_DIALECT });
  return { body: { ...bodyOf(asked), ...bodyOf(told) }, notes: asked.notes };
}

function bodyOf({ body, faults }: ToWire): ToWire['body'] {
  if (faults.length > 0) throw new GatewayError('FORMAT_LIMIT', { faults });
  return body;
}
