/**
 * The life of a prescription as the simulated centre keeps it. Written on its own: the product has the same life
 * as a table, and a test lets both live through the same events.
 */

/** Where a prescription stands. */
export type Stage =
  | 'checked'
  | 'signed'
  | 'uploaded'
  | 'downloaded'
  | 'audited'
  | 'partly'
  | 'dispensed'
  | 'settled'
  | 'reusable'
  | 'undone'
  | 'expired'
  | 'revoked';

/** Why an event is refused. */
export type Hindrance =
  'state' | 'expired' | 'revoked' | 'taken' | 'uses' | 'interval' | 'quantity' | 'document' | 'settled';

/** One box or bag that was handed out under a document. Quantities in 1/10000. */
export interface Handout {
  readonly document: string;
  readonly quantities: Readonly<Record<string, bigint>>;
  settled: boolean;
}

/** What a prescription allows. */
export interface Allowance {
  /** Epoch milliseconds of 有效截止时间 `valiEndTime`. */
  readonly validUntil: number;
  /** How often the whole of it may be dispensed, 1 unless 复用标志 `reptFlag` is 1. */
  readonly maximumUses: number;
  readonly minimumIntervalDays: number;
  /** Total quantity of each drug for one use, in 1/10000. */
  readonly quantities: Readonly<Record<string, bigint>>;
}

interface Use {
  /** The pharmacy that holds the claim, and hands out. */
  readonly pharmacy: string;
  readonly handouts: Handout[];
  /** When the last of it was handed out; `undefined` while something is left. */
  completedAt: number | undefined;
}

const DAY_MS = 86_400_000;
const ENDS_IN_TIME: ReadonlySet<Stage> = new Set([
  'checked',
  'signed',
  'uploaded',
  'downloaded',
  'reusable',
  'undone',
]);

/** One prescription's life. Every event either happens, or changes nothing and tells the hindrance. */
export class Life {
  readonly #allowance: Allowance;
  readonly #claimMs: number;
  readonly #uses: Use[] = [];
  #stage: Stage = 'checked';
  #heldUntil = 0;

  constructor(allowance: Allowance, { claimMs }: { readonly claimMs: number }) {
    this.#allowance = allowance;
    this.#claimMs = claimMs;
  }

  /** Where it stands now. */
  stage(now: number): Stage {
    this.#pass(now);
    return this.#stage;
  }

  /** Completed uses. */
  usesMade(): number {
    return this.#uses.filter(({ completedAt }) => completedAt !== undefined).length;
  }

  /** What was handed out and not taken back, oldest first. */
  handouts(): readonly Handout[] {
    return this.#uses.flatMap(({ handouts }) => handouts);
  }

  /** When it was last dispensed whole. */
  lastUseAt(): number | undefined {
    return this.#uses.findLast(({ completedAt }) => completedAt !== undefined)?.completedAt;
  }

  sign(now: number): Hindrance | undefined {
    return this.#move(now, ['checked', 'signed'], 'signed');
  }

  upload(now: number): Hindrance | undefined {
    return this.#move(now, ['signed'], 'uploaded');
  }

  revoke(now: number): Hindrance | undefined {
    return this.#move(now, ['uploaded', 'downloaded', 'undone'], 'revoked');
  }

  download(now: number): Hindrance | undefined {
    const stage = this.stage(now);
    if (stage === 'uploaded' || stage === 'undone') this.#stage = 'downloaded';
    if (stage === 'checked' || stage === 'signed') return 'state';
    return stage === 'expired' || stage === 'revoked' ? stage : undefined;
  }

  /** A pharmacist's audit that passes: from then on the prescription is this pharmacy's. */
  pass(now: number, pharmacy: string): Hindrance | undefined {
    const stage = this.stage(now);
    const isOwn = this.#uses.at(-1)?.pharmacy === pharmacy;
    if (stage === 'expired' || stage === 'revoked') return stage;
    if (stage === 'settled') return 'uses';
    if (stage === 'audited') return isOwn ? undefined : 'taken';
    if (stage === 'partly' || stage === 'dispensed') return isOwn ? 'state' : 'taken';
    if (stage !== 'downloaded' && stage !== 'undone' && stage !== 'reusable') return 'state';
    const hindrance = this.#tooEarly(now);
    if (hindrance !== undefined) return hindrance;
    this.#uses.push({ pharmacy, handouts: [], completedAt: undefined });
    this.#heldUntil = now + this.#claimMs;
    this.#stage = 'audited';
    return undefined;
  }

  /** An audit that does not pass: what the pharmacy held is free again. */
  fail(now: number, pharmacy: string): Hindrance | undefined {
    const stage = this.stage(now);
    if (stage === 'expired' || stage === 'revoked') return stage;
    if (stage === 'downloaded' || stage === 'undone' || stage === 'reusable') return undefined;
    if (stage !== 'audited') return 'state';
    if (this.#uses.at(-1)?.pharmacy !== pharmacy) return 'taken';
    this.#free();
    return undefined;
  }

  /** Hands out under a document. The same document again changes nothing but may tell that it is settled. */
  dispense(now: number, pharmacy: string, handout: Handout): Hindrance | undefined {
    const stage = this.stage(now);
    const known = this.handouts().find(({ document }) => document === handout.document);
    if (known !== undefined) return this.#settle(known, handout.settled);
    if (stage === 'expired' || stage === 'revoked') return stage;
    if (stage !== 'audited' && stage !== 'partly') return 'state';
    const use = this.#uses.at(-1);
    if (use?.pharmacy !== pharmacy) return 'taken';
    if (now > this.#allowance.validUntil && now > this.#heldUntil) return 'expired';
    const left = this.#left(use);
    const names = Object.keys(handout.quantities);
    if (names.length === 0 || names.some((name) => (handout.quantities[name] ?? 0n) > (left[name] ?? 0n))) {
      return 'quantity';
    }
    use.handouts.push({ ...handout });
    if (Object.values(this.#left(use)).every((quantity) => quantity === 0n)) use.completedAt = now;
    this.#standing(use);
    return undefined;
  }

  /** Takes back what was handed out under a document of the last use; its settlement must be gone. */
  undo(
    now: number,
    pharmacy: string,
    back: { readonly document: string; readonly settlementGone: boolean },
  ): Hindrance | undefined {
    this.#pass(now);
    const use = this.#uses.at(-1);
    const at = use?.handouts.findIndex(({ document }) => document === back.document) ?? -1;
    const handout = use?.handouts[at];
    if (use === undefined || handout === undefined) return 'document';
    if (use.pharmacy !== pharmacy) return 'taken';
    if (handout.settled && !back.settlementGone) return 'settled';
    use.handouts.splice(at, 1);
    use.completedAt = undefined;
    this.#stage = 'partly';
    if (use.handouts.length === 0) {
      this.#uses.pop();
      this.#stage = this.#uses.length > 0 ? 'reusable' : 'undone';
    }
    return undefined;
  }

  #settle(known: Handout, settled: boolean): undefined {
    const use = this.#uses.at(-1);
    if (settled) known.settled = true;
    if (use?.handouts.includes(known) === true) this.#standing(use);
    return undefined;
  }

  #standing(use: Use): void {
    if (use.completedAt === undefined) {
      this.#stage = 'partly';
      return;
    }
    const isSettled = use.handouts.every(({ settled }) => settled);
    const mayGoOn = this.#uses.length < this.#allowance.maximumUses;
    this.#stage = isSettled ? (mayGoOn ? 'reusable' : 'settled') : 'dispensed';
  }

  #left(use: Use): Record<string, bigint> {
    const left: Record<string, bigint> = { ...this.#allowance.quantities };
    for (const { quantities } of use.handouts) {
      for (const [name, quantity] of Object.entries(quantities)) left[name] = (left[name] ?? 0n) - quantity;
    }
    return left;
  }

  #tooEarly(now: number): Hindrance | undefined {
    if (this.#uses.length >= this.#allowance.maximumUses) return 'uses';
    const last = this.lastUseAt();
    return last !== undefined && now < last + this.#allowance.minimumIntervalDays * DAY_MS
      ? 'interval'
      : undefined;
  }

  #free(): void {
    this.#uses.pop();
    this.#stage = this.#uses.length > 0 ? 'reusable' : 'downloaded';
  }

  /** What time alone does: a claim lapses, a prescription ends; one that is claimed ends with its claim. */
  #pass(now: number): void {
    if (this.#stage === 'audited' && now > this.#heldUntil) this.#free();
    if (now > this.#allowance.validUntil && ENDS_IN_TIME.has(this.#stage)) {
      this.#stage = 'expired';
    }
  }

  #move(now: number, from: readonly Stage[], to: Stage): Hindrance | undefined {
    const stage = this.stage(now);
    if (from.includes(stage)) {
      this.#stage = to;
      return undefined;
    }
    return stage === 'expired' || stage === 'revoked' ? stage : 'state';
  }
}
