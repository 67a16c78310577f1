/** The far side: what can be asked of it, and how it is found out what became of a lost answer. */
import { defineAdapter, jsonCodec, leafText } from '@yiqiao/sdk';
import type { Fen, Refusal, WireObject } from '@yiqiao/sdk';
import { charge, found, question, receipt } from './map.ts';

/** Operations: what goes in, what comes out. */
export interface Operations {
  readonly submit: {
    readonly request: {
      readonly number: string;
      readonly amount: Fen;
      readonly chargedAt: number;
      readonly note?: string;
    };
    readonly response: { readonly receiptNumber: string };
  };
  readonly find: {
    readonly request: { readonly number: string };
    readonly response: { readonly receiptNumber?: string };
  };
}

/** How the far side says no: adapt it to what your platform answers. */
function refusal(answer: WireObject): Refusal | undefined {
  const code = leafText(answer['code']) ?? '';
  return code === '0' ? undefined : { code, text: leafText(answer['message']) ?? '' };
}

export const adapter = defineAdapter<Operations>({
  id: 'adapter-name',
  codec: jsonCodec(),
  refusal,
  calls: {
    submit: {
      effect: 'write',
      path: 'submit',
      toWire: (request) => charge.toWire(request),
      toModel: (answer) => receipt.toModel(answer),
      // Its answer may be lost: then it is asked for, never sent again blindly.
      wayOut: 'query',
      query: {
        with: 'find',
        toRequest: ({ request }) => ({ number: request.number }),
        outcome: ({ receiptNumber }) =>
          receiptNumber === undefined
            ? { state: 'not-done' }
            : { state: 'done', response: { receiptNumber } },
      },
    },
    find: {
      effect: 'read',
      path: 'find',
      toWire: (request) => question.toWire(request),
      toModel: (answer) => found.toModel(answer),
    },
  },
});
