/** Canonical bodies ⇄ the nodes of the national interface, for platforms that have its messages in another envelope. */
import { GatewayError } from '@yiqiao/model';
import type { CanonicalObject, Carried, Fault, Operation, OperationBodies, WireObject } from '@yiqiao/model';
import { compileNationalMap, NATIONAL_DIALECT } from '@yiqiao/mapping';
import type { CompiledMap } from '@yiqiao/mapping';
import { knowledge } from './signing.ts';

/** A body that was read. */
export interface ShapedBody<Body> {
  readonly body: Body;
  /** Pointer below the nodes → what the model has no place for, as it came. */
  readonly carried: Carried;
}

/** How the bodies of one operation are written and read. */
export interface NationalShape<O extends Operation> {
  /**
   * A request → its nodes by name; members that stand directly below the root are in `data`.
   * @param relaxed wire names that this platform does not require
   * @throws GatewayError `MESSAGE_INVALID` with every required member that is missing and every value out of form
   */
  writeRequest(body: RequestBody<O>, relaxed?: readonly string[]): WireObject;
  /** Nodes by name → an answer. What is missing is not there; whoever needs it checks. */
  readResponse(nodes: WireObject): ShapedBody<ResponseBody<O>>;
  /** The same for a request, for platforms that call us. */
  readRequest(nodes: WireObject): ShapedBody<RequestBody<O>>;
}

type RequestBody<O extends Operation> = OperationBodies[O]['request'];
type ResponseBody<O extends Operation> = OperationBodies[O]['response'];

/** The shape of an operation; made once. */
export function nationalShape<O extends Operation>(operation: O): NationalShape<O> {
  const made = shapes.get(operation) ?? createShape(operation);
  shapes.set(operation, made);
  return made as unknown as NationalShape<O>;
}

const shapes = new Map<Operation, NationalShape<Operation>>();

function createShape(operation: Operation): NationalShape<Operation> {
  const registry = knowledge();
  const { transaction } = registry.operation(operation);
  const map = compileNationalMap(registry.nationalMap(operation));
  const validate = registry.validator('national', transaction, 'request', 'tolerant');
  return {
    writeRequest(body, relaxed = []) {
      const { body: nodes } = map.request.toWire({
        body: body as unknown as CanonicalObject,
        carried: {},
        dialect: NATIONAL_DIALECT,
      });
      const faults = validate(nodes, '/input').faults.filter((fault) => !isRelaxed(fault, relaxed));
      if (faults.length > 0) throw new GatewayError('MESSAGE_INVALID', { faults, facts: { transaction } });
      return nodes ?? {};
    },
    readResponse: (nodes) => read(map.response, nodes),
    readRequest: (nodes) => read(map.request, nodes),
  };
}

function read<Body>(direction: CompiledMap['response'], nodes: WireObject): ShapedBody<Body> {
  const { body, carried } = direction.toModel(nodes);
  return { body: body as unknown as Body, carried };
}

/** Only absence is relaxed: a value that is there has to be right. */
function isRelaxed({ rule, field }: Fault, relaxed: readonly string[]): boolean {
  return rule === 'required' && relaxed.includes(field);
}
