/** What the typed client takes and gives. */
import type {
  Carried,
  Clock,
  Deviation,
  ErrorCode,
  FileAnswer,
  GatewayError,
  Operation,
  WireValue,
} from '@yiqiao/model';
import type { TlsOptions, TransportOptions } from '@yiqiao/transport';
import type { AnswerOf, RequestOf } from './bodies.ts';
import type { Families } from './families.generated.ts';

/** Where a client sends to, as whom, and how. */
export interface ClientSettings {
  /** URL of a gateway or platform. */
  readonly to: string;
  /** In whose name; each call may name another operator. */
  readonly as: Sender;
  /** Profile id: `national` when absent, or a folder of schemas/provincial. */
  readonly profile?: string;
  /** Absent: nothing is signed and no signature is expected. Several: e.g. headers outside, `cainfo` inside. */
  readonly signing?: ClientSigning | readonly ClientSigning[];
  /** For `https:`. */
  readonly tls?: TlsOptions;
  /** Until the answer of a call must be here, resending included; 30 s when absent. */
  readonly timeoutMs?: number;
  /**
   * `idempotent`: a gateway of this kind, which does a message id once; what was lost is sent again under the same id.
   * `platform`, when absent: a write is never sent twice.
   */
  readonly farSide?: 'idempotent' | 'platform';
  /** How 9001 签到 is done; absent: nobody signs in by itself. */
  readonly signIn?: SignInSettings;
  /** What is wrong with a request is told before it leaves: `strict` when absent. */
  readonly check?: 'strict' | 'tolerant' | 'off';
  /** Keeps writes across a restart of the program. */
  readonly record?: ClientRecord;
  readonly hooks?: ClientHooks;
  /** Last four digits of message ids, both inclusive: a range of its own for each process of one institution. */
  readonly sequences?: { readonly first: number; readonly last: number };
  /** How long a message may be on its way to a platform that does not answer; 120 s when absent. */
  readonly inFlightMs?: number;
  /** Connections at most, 10 when absent; each carries one message at a time. */
  readonly connections?: number;
  /** The machine's clock when absent. */
  readonly clock?: Clock;
  /** Takes the place of the network in tests: undici's `MockAgent`. */
  readonly dispatcher?: TransportOptions['dispatcher'];
  /** A folder of further profiles, with a slash at its end. */
  readonly profiles?: URL;
}

/** In whose name messages are sent. Source: envelope.json. */
export interface Sender {
  /** 定点医药机构 `fixmedins_code`, `fixmedins_name`. */
  readonly institution: { readonly code: string; readonly name: string };
  /** 就医地医保区划 `mdtrtarea_admvs`, six digits. */
  readonly careRegion: string;
  readonly operator: Operator;
  /** Further members of the envelope by wire name: `dev_no`, `infver`, `recer_sys_code`, … */
  readonly envelope?: Readonly<Record<string, string>>;
}

/** 经办人: `opter_type` (1 operator, 2 self-service, 3 mobile), `opter`, `opter_name`. */
export interface Operator {
  readonly type: string;
  readonly id: string;
  readonly name: string;
}

/** One signing profile. Source: docs/signing.md. */
export interface ClientSigning {
  /** Id of schemas/signing/profiles.json; `fsi-main-cainfo` when absent. */
  readonly profile?: string;
  /** Our own key: PEM, hex or base64. */
  readonly privateKey?: string;
  /** The far side's key or certificate, several during a change; absent: it does not sign. */
  readonly publicKey?: string | readonly string[];
  /** SM2 user ids where they differ from the profile's: ours and the far side's. */
  readonly userId?: string;
  readonly peerUserId?: string;
  /** What the far side hands over: application ids, secrets. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Where sources disagree. */
  readonly variants?: Readonly<Record<string, string>>;
}

/** What 9001 asks for beside the operator: address of the machine at the counter. */
export interface SignInSettings {
  readonly macAddress: string;
  readonly ipAddress: string;
  /** Words of a refusal that mean that one has to sign in again; `['签到']` when absent. */
  readonly refusedBy?: readonly string[];
}

/** Options of one call. */
export interface ClientCallOptions {
  /** A message id of one's own, 30 characters: the same for the same matter after a restart. */
  readonly messageId?: string;
  /** 参保地医保区划 `insuplc_admdvs`, six digits; absent: local. */
  readonly insuredRegion?: string;
  readonly operator?: Operator;
  /** Stops waiting. What has left may have been done all the same. */
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Members that the model does not have: JSON pointer below `input` (`/data/xxx`) → value. */
  readonly carried?: Readonly<Record<string, WireValue>>;
}

/** An answer. */
export interface Answer<O extends Operation> {
  readonly body: AnswerOf<O>;
  /** 发送方报文ID `msgid`: by it the message is reversed, asked about and found in records. */
  readonly messageId: string;
  /** 接收方报文ID `inf_refmsgid`, possibly empty. */
  readonly referenceId: string;
  /** What is odd about it: it was done all the same. */
  readonly warnings: readonly Deviation[];
  /**
   * What a gateway found odd about it (header `x-yiqiao-odd`): rules and places in the answer, whose values it lists for a
   * person there. Empty where none says so.
   */
  readonly oddFurtherOn: readonly Pick<Deviation, 'rule' | 'at'>[];
  /** What the far side says beside its success. */
  readonly text?: string;
  /** Members that the model does not have: JSON pointer below `output` → value. */
  readonly carried: Carried;
  /** The file that answers 9102. */
  readonly file?: FileAnswer;
}

/** What became of a message whose answer is missing. */
export type ClientResolution<O extends Operation = Operation> =
  | ({ readonly state: 'answered' } & Answer<O>)
  /** Nothing of it stands. */
  | {
      readonly state: 'not-done';
      readonly how: 'rejected' | 'reversed' | 'never-arrived';
      readonly error?: GatewayError;
    }
  /** `wait`: ask again, `retryAfterMs` later at the earliest. `person`: nothing can be found out by machine. */
  | {
      readonly state: 'unknown';
      readonly next: 'wait' | 'person';
      readonly reason: string;
      readonly retryAfterMs?: number;
      /** A question that may tell it, with keys that the message itself has not. */
      readonly askWith?: Operation;
      /** The operation that takes it back, for whoever knows that nothing else hangs on it. */
      readonly undoWith?: Operation;
    };

/** A write as it is kept: plain JSON, amounts as decimal text in 元. */
export interface SavedRequest {
  readonly messageId: string;
  readonly operation: Operation;
  readonly body: unknown;
  /** Header of the message as it was sent. */
  readonly header: Readonly<Record<string, unknown>>;
  readonly carried: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds. */
  readonly savedAt: number;
  /** Message id of the 2601 that was sent for it. */
  readonly reversalId?: string;
}

/** Keeps writes so that they are found out about after a restart of the program. */
export interface ClientRecord {
  /** Awaited before the first byte leaves; what it throws goes to the caller, and nothing is sent. */
  save(request: SavedRequest): void | Promise<void>;
  load(messageId: string): SavedRequest | undefined | Promise<SavedRequest | undefined>;
  /** The message has ended: answered, refused or taken back. */
  end(messageId: string): void | Promise<void>;
}

/** What hooks are told of a message; no name, number or content of a person. */
export interface MessageEvent {
  readonly messageId: string;
  readonly operation: Operation;
  /** 交易编号 `infno`. */
  readonly transaction: string;
  /** Which sending of this message it is, from 1. */
  readonly attempt: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** For logs and figures. A hook that throws is reported by `process.emitWarning` and changes nothing. */
export interface ClientHooks {
  /** Just before the first byte leaves. */
  readonly onSend?: (event: MessageEvent & { readonly bytes: number }) => void;
  readonly onAnswer?: (
    event: MessageEvent & { readonly durationMs: number; readonly warnings: readonly string[] },
  ) => void;
  readonly onError?: (
    event: MessageEvent & { readonly durationMs: number; readonly code: ErrorCode },
  ) => void;
  /** The bytes as they cross the wire, personal data and all: only where they are asked for. */
  readonly onRaw?: (event: MessageEvent & RawMessage) => void;
}

/** Bytes as they crossed the wire. */
export interface RawMessage {
  readonly direction: 'request' | 'response';
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

/** A client. Each method of a family calls one operation; docs/sdk.md leads from nothing to the first settled visit. */
export interface Client extends Families {
  /**
   * Calls any operation.
   * @throws GatewayError; `describeError` tells who spoke, whether the far side may have acted, and what to do.
   */
  call<O extends Operation>(
    operation: O,
    body: RequestOf<O>,
    options?: ClientCallOptions,
  ): Promise<Answer<O>>;
  /** Signs in (9001), unless somebody has today: 签到编号 `sign_no`. */
  signIn(operator?: Operator): Promise<string>;
  /** A new message id: institution (12), time (14), sequence (4). */
  newMessageId(): string;
  /**
   * Finds out what became of a write whose answer is missing, by the way out of its operation; may be asked again.
   * @param message its message id, or whatever the call has rejected with
   * @throws GatewayError `ORIGINAL_NOT_FOUND` for a message that this client and its record do not know
   */
  resolve(message: unknown): Promise<ClientResolution>;
  /** Waits for what is under way and closes the connections. */
  close(): Promise<void>;
}
