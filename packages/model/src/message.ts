/** The one form in which a message travels inside: from any far side's format, to any other's. */
import type { Readable } from 'node:stream';
import type { Operation } from './canonical.generated.ts';
import type { WireObject, WireValue } from './wire-value.ts';
import type { Deviation } from './fault.ts';

/** Who sends what to whom; the national envelope in English. Source: envelope.json, request. */
export interface MessageHeader {
  /** 交易编号 `infno` in the national numbering. */
  readonly transaction: string;
  /** The caller's own number of it (`2206A`), which peers of the same profile know; holds while `national` is the number at hand. */
  readonly regional?: { readonly profile: string; readonly national: string; readonly transaction: string };
  /** 发送方报文ID `msgid`. Each hop mints its own; this is the one of the current hop. */
  readonly messageId: string;
  /** 就医地医保区划 `mdtrtarea_admvs`, six digits. */
  readonly careRegion: string;
  /** 参保地医保区划 `insuplc_admdvs`, six digits; absent means local. */
  readonly insuredRegion?: string;
  /** 定点医药机构编号 `fixmedins_code`. */
  readonly institutionCode: string;
  /** 定点医药机构名称 `fixmedins_name`. */
  readonly institutionName: string;
  /** 经办人类别 `opter_type`. */
  readonly operatorType: string;
  /** 经办人 `opter`. */
  readonly operator: string;
  /** 经办人姓名 `opter_name`. */
  readonly operatorName: string;
  /** 交易时间 `inf_time`, local time `yyyy-MM-dd HH:mm:ss`. */
  readonly time: string;
  /** 交易签到流水号 `sign_no`. */
  readonly signInNumber?: string;
  /** Other envelope members (known or not) by wire name; they travel along. Never `cainfo`, `signtype`. */
  readonly others: WireObject;
}

/** A header of which nothing is known yet. */
export const EMPTY_HEADER: MessageHeader = {
  transaction: '',
  messageId: '',
  careRegion: '',
  institutionCode: '',
  institutionName: '',
  operatorType: '',
  operator: '',
  operatorName: '',
  time: '',
  others: {},
};

/** Leaves of a canonical body: text, 分, integers, flags. */
export type CanonicalLeaf = string | bigint | number | boolean;

/** Any value of a canonical body. */
export type CanonicalValue = CanonicalLeaf | CanonicalObject | readonly CanonicalValue[];

/** A canonical body: English names of schemas/canonical, typed per operation in the generated types. */
export interface CanonicalObject {
  readonly [name: string]: CanonicalValue | undefined;
}

/**
 * What a map could not place: JSON pointer below `input` or `output` → value as received. Unknown
 * members, blanks and malformed values travel here, verbatim, and are written back by the same form.
 */
export type Carried = Readonly<Record<string, WireValue>>;

/** A body in the model, or (for transactions without canonical operation) in the national form as it is. */
export type Content =
  | {
      readonly form: 'canonical';
      readonly operation: Operation;
      readonly body: CanonicalObject;
      readonly carried: Carried;
      /** Id of the map family whose names `carried` uses; another family reports it as not carried. */
      readonly dialect: string;
      /**
       * The insured place's answer to this very request, when it is reported to the care place's core after
       * the settlement; written beside the request's own nodes.
       */
      readonly result?: CanonicalObject;
    }
  | { readonly form: 'national'; readonly body: WireObject | null };

/** A request inside the gateway. */
export interface CanonicalRequest {
  readonly header: MessageHeader;
  readonly content: Content;
}

/** The numbers by which a two-phase far side knows a computed message: 流水号, 验证码, 结算申请序号, by their own names. */
export type CommitKey = Readonly<Record<string, string>>;

/** A file that answers in place of a message (9102): it passes on as it comes. Source: envelope.json, rules. */
export interface FileAnswer {
  /** The number under which it was asked for, 文件查询号 `file_qury_no`. */
  readonly number: string;
  /** Media type as the far side names it, `''` when it names none. */
  readonly contentType: string;
  /** In bytes, when the far side tells it. */
  readonly length?: number;
  /** Its bytes, to be taken once or destroyed; destroyed with an error where they break off. */
  readonly stream: Readable;
}

/** An answer inside the gateway: success only; refusals are `GatewayError`s. */
export interface CanonicalResponse {
  /** The far side's own message id `inf_refmsgid`, possibly empty. */
  readonly referenceId: string;
  readonly content: Content;
  /** What the far side says beside its success; the caller hears it. */
  readonly text?: string;
  /** What is odd about it: delivered, flagged and listed, never turned into a failure. */
  readonly deviations: readonly Deviation[];
  /** What a gateway further on says that it found odd: listed there, and passed on to the caller. */
  readonly oddFurtherOn?: readonly Pick<Deviation, 'rule' | 'at'>[];
  /** Set by a two-phase far side: it stands only once it is confirmed under these numbers. */
  readonly commitKey?: CommitKey;
  /** The file that was asked for; nothing else is told then. */
  readonly file?: FileAnswer;
}
