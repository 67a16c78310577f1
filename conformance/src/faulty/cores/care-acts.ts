/** What the faulty care places are made of. */
import type { CoreAnswer, CoreRequest, TransactionHandler } from '@yiqiao/sandbox';
import { child, children, leaf } from '../../run/own-reading.ts';
import type { OwnObject } from '../../run/own-reading.ts';
import type { Behaviour } from './behaviours.ts';
import { isDone, outputOf } from './settlement-messages.ts';

export { isDone, outputOf };

/** What a faulty system does with a request; `go` is the sandbox's way. */
type Act = (request: CoreRequest, go: TransactionHandler) => CoreAnswer;

/** Behaviours by name. */
export type Behaviours = Readonly<Record<string, Behaviour>>;

/** A success without body. */
export const DONE: CoreAnswer = { output: null };

/** A behaviour that remembers nothing. */
function always(act: Act): Behaviour {
  return () => (go) => (request) => act(request, go);
}

/** A behaviour with a memory of its own. */
export function remembering(make: () => Act): Behaviour {
  return () => {
    const act = make();
    return (go) => (request) => act(request, go);
  };
}

/** A behaviour that concerns some transactions only. */
export function when(infnos: readonly string[], act: Act): Behaviour {
  return always((request, go) => (infnos.includes(request.infno) ? act(request, go) : go(request)));
}

/** Asks with a changed body. */
export function asking(infnos: readonly string[], change: (input: OwnObject) => OwnObject): Behaviour {
  return when(infnos, (request, go) => go({ ...request, input: change(request.input) }));
}

/** Books the first row of a message that is refused for another of its rows. */
export function bookingTheFirst(infno: string, node: string): Behaviour {
  return when([infno], (request, go) => {
    const answer = go(request);
    const rows = children(request.input, node);
    if (!isDone(answer) && rows.length > 1)
      go({ ...request, input: { ...request.input, [node]: rows.slice(0, 1) } });
    return answer;
  });
}

/** A row of a list changed wherever it fits. */
export function withRows(input: OwnObject, node: string, change: (row: OwnObject) => OwnObject): OwnObject {
  return { ...input, [node]: children(input, node).map((row) => change(row)) };
}

/** Members put over those of a node. */
export function withNode(request: CoreRequest, node: string, members: OwnObject): CoreRequest {
  return { ...request, input: { ...request.input, [node]: { ...child(request.input, node), ...members } } };
}

/** A member of the node `data`. */
export function datum({ input }: CoreRequest, member: string): string {
  return leaf(child(input, 'data'), member);
}
