/** A signed statement over a run: SM2 over the exact text, verifiable offline. */
import { createSm2Signer, createSm2Verifier, parsePrivateKey, parsePublicKey } from '@yiqiao/signer';
import type { RunResults, Status } from '../run/results.ts';
import type { CatchRate } from './catch-rate.ts';

/** What is stated. */
export interface Statement {
  readonly form: 'yiqiao-conformance-statement-1';
  readonly kit: string;
  readonly profile: RunResults['profile'];
  readonly rules: RunResults['rules'];
  readonly suite: string;
  readonly target: string;
  readonly seed: number;
  readonly startedAt: string;
  readonly verdict: RunResults['verdict'];
  readonly counts: RunResults['counts'];
  /** What the suite itself was found worth with these rules; absent when they were never tried. */
  readonly catchRate?: CatchRate;
  /** Result of each requirement by its id. */
  readonly results: Readonly<Record<string, Status>>;
}

/** A statement with its signature; `statement` is the exact text that was signed. */
export interface SignedStatement {
  readonly statement: string;
  /** SM2 with SM3, r‖s in base64. */
  readonly signature: string;
}

const USER_ID = '1234567812345678';

/** Signs a statement over a run. @throws GatewayError `KEY_INVALID` */
export function signStatement(results: RunResults, privateKey: string): SignedStatement {
  const { kit, profile, rules, suite, target, seed, startedAt, verdict, counts, requirements } = results;
  const statement: Statement = {
    form: 'yiqiao-conformance-statement-1',
    kit,
    profile,
    rules,
    suite,
    target,
    seed,
    startedAt,
    verdict,
    counts,
    ...(results.catchRate !== undefined && { catchRate: results.catchRate }),
    results: Object.fromEntries(requirements.map(({ id, status }) => [id, status])),
  };
  const text = JSON.stringify(statement);
  const signer = createSm2Signer(parsePrivateKey(privateKey), { userId: USER_ID });
  return { statement: text, signature: signer.sign(Buffer.from(text)).toString('base64') };
}

/** The statement when the signature is that of the key, else `undefined`. @throws GatewayError `KEY_INVALID` */
export function verifyStatement(
  { statement, signature }: SignedStatement,
  publicKey: string,
): Statement | undefined {
  const verifier = createSm2Verifier(parsePublicKey(publicKey), { userId: USER_ID });
  if (!verifier.verify(Buffer.from(statement), Buffer.from(signature, 'base64'))) return undefined;
  return JSON.parse(statement) as Statement;
}
