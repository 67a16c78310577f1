/** What the hospital's side needs of the insurance side; the client of `@yiqiao/sdk` fits it. */
import type { Operation, OperationBodies, WireValue } from '@yiqiao/model';

/** How one call differs from the client's settings. */
export interface PortOptions {
  /** Message id of 30 characters; the same message again bears the same one. */
  readonly messageId?: string;
  /** 参保地医保区划 `insuplc_admdvs`. */
  readonly insuredRegion?: string;
  /** Members that the model does not have: JSON pointer below `input` → value. */
  readonly carried?: Readonly<Record<string, WireValue>>;
}

/** What an operation answers; `null` or nothing where it has no body. */
export type Told<O extends Operation> = OperationBodies[O]['response'];

/** What became of a message whose answer is missing. */
export type PortResolution =
  | { readonly state: 'answered'; readonly body: unknown }
  | { readonly state: 'not-done' }
  | { readonly state: 'unknown' };

/** The insurance side. */
export interface InsurancePort {
  /** @throws GatewayError `outcome` of its kind tells whether anything was done. */
  call<O extends Operation>(
    operation: O,
    body: OperationBodies[O]['request'],
    options?: PortOptions,
  ): Promise<{ readonly body: unknown; readonly messageId: string }>;
  /** 30 characters that no other message of this institution bears. */
  newMessageId(): string;
  /** Finds out about a message; for far sides that must not get it twice. */
  resolve?(messageId: string): Promise<PortResolution>;
}
