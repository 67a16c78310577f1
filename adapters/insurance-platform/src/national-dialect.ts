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
    plan: (request, header, findRecord) => {
      const entry = registry.findOperation(request.transaction, profileId);
      if (entry === undefined) {
        const effect = registry.isRead(request.transaction) ? 'read' : 'write';
        return planNationalForm({ header, content: { form: 'national', body: request.body } }, effect);
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
      const regional = { profile: profileId, national: transaction, transaction: request.transaction };
      const variant = transaction === request.transaction ? {} : { regional };
      const national = { ...header, transaction, ...variant };
      return {
        steps: [
          {
            operation,
            transaction,
            build: () => ({ header: national, content }),
          },
        ],
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
    calls: createCalls(mapOf, profileId),
    check() {
      for (const operation of registry.operations()) mapOf(operation);
      return [];
    },
  };
}

/** A transaction without canonical operation travels in the national form as it is. */
function planNationalForm(request: CanonicalRequest, effect: 'read' | 'write'): Plan {
  return {
    steps: [{ transaction: request.header.transaction, effect, build: () => request }],
    deviations: [],
    answer: ([response]) => (response?.content.form === 'national' ? response.content.body : null),
  };
}

function createCalls(mapOf: MapOf, profileId: string): CallingDialect {
  return {
    outgoing(request) {
      const { header, content } = request;
      const { body, notes } = requestBody(mapOf, content);
      const envelope = nationalEnvelope(header);
      return { message: { transaction: numberFor(header, profileId), envelope, body: body ?? {} }, notes };
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

/** A number of a region's own is understood by peers of the same profile only. */
function numberFor({ transaction, regional }: MessageHeader, profileId: string): string {
  return regional?.profile === profileId && regional.national === transaction
    ? regional.transaction
    : transaction;
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
