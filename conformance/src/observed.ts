/** Messages as really sent in ten regions, anonymised, and what must become of each. */
import { readdirSync, readFileSync } from 'node:fs';

/** One observed message. Files: `observed/<id>.json`. */
export interface ObservedMessage {
  readonly id: string;
  /** Six-digit region code of the place it was met in, and the place as the source tells it. */
  readonly region: string;
  readonly place: string;
  /** Transaction number in the numbering of its format. */
  readonly transaction: string;
  readonly direction: 'request' | 'response';
  /** `captured`, or `client-template`: built by a client that was in use. */
  readonly kind: string;
  /** Profile that the connection is given; `national` where the region has none of its own. */
  readonly profile: string;
  readonly source: string;
  readonly notes: readonly string[];
  /** For a request: when it was sent, `yyyy-MM-dd HH:mm:ss` in China's time; the gateway's clock is set by it. */
  readonly sentAt?: string;
  /** For a response: the (synthetic) request that it answers. */
  readonly question?: Question;
  /** The text on the wire, UTF-8, or its bytes. */
  readonly raw?: string;
  readonly rawBase64?: string;
  readonly expect: Expectation;
  /** For a message of a form that no connection calls by itself: what becomes of it where another form was agreed. */
  readonly elsewhere?: {
    readonly profile: string;
    readonly question: Question;
    readonly expect: Refusal;
  };
}

/** A national request without its envelope. */
export interface Question {
  readonly infno: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What must become of a message; `because` says why that is right. */
export type Expectation =
  | {
      readonly outcome: 'accepted';
      readonly because: string;
      /** `rule place`, each departure that must be named in the log, none else. */
      readonly deviations: readonly string[];
      /** For a response: text that the caller is told beside the success. */
      readonly text?: string;
      /** For a response: nodes that stood beside `output` and belong inside. */
      readonly movedIn?: readonly string[];
      /** For a response: nodes of one object that came as a list of one, and are delivered as the object. */
      readonly opened?: readonly string[];
    }
  | {
      /** Read under its profile without a fault, whoever asked. */
      readonly outcome: 'read';
      readonly because: string;
      /** What an answer tells: whether it is a success, its code and text. */
      readonly success: boolean;
      readonly code: string;
      readonly text: string;
      /** `rule place`, each departure that must be named, none else. */
      readonly deviations: readonly string[];
    }
  | Refusal;

/** A message that must not be taken for what it is not. */
export interface Refusal {
  readonly outcome: 'refused';
  readonly because: string;
  /** Error code of docs/errors.md that the caller is told. */
  readonly code: string;
  /** Told by HTTP 504 without envelope, because the outcome is not known. */
  readonly unknown?: boolean;
  /** For a response that is no answer: why, as the log has it. */
  readonly why?: string;
}

const FOLDER = new URL('../observed/', import.meta.url);

/** All observed messages, by id. */
export function readObserved(): readonly ObservedMessage[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as ObservedMessage);
}

/** The bytes as they were on the wire. @throws RangeError for a message without them. */
export function bytesOf({ id, raw, rawBase64 }: ObservedMessage): Uint8Array {
  if (raw !== undefined) return Buffer.from(raw, 'utf8');
  if (rawBase64 !== undefined) return Buffer.from(rawBase64, 'base64');
  throw new RangeError(`${id} has neither raw nor rawBase64`);
}
