/** D001 to D007 at the simulated centre: what a hospital asks. Bodies have their nodes beside the root members. */
import { createHash } from 'node:crypto';
import { date } from '../../china-time.ts';
import { children, leaf } from '../../national-message.ts';
import type { JsonObject } from '../../national-message.ts';
import { signText, verifyText } from '../../sm2-signature.ts';
import type { SandboxKeys } from '../../sm2-signature.ts';
import { firstNode, quantitiesOf, timeOf } from './book.ts';
import type { CentreBook, Prescription } from './book.ts';
import { refuse, refuseMissing } from './refusals.ts';
import type { CentreRefusal } from './refusals.ts';
import { drugsOf, standingOf, usedOf, visitOf } from './told.ts';

/** A message as a desk sees it. `institution`: who sent it, by its keys or its envelope. */
export interface CentreRequest {
  readonly body: JsonObject;
  readonly institution: string;
  readonly now: number;
}

/** What a desk answers: a body with its nodes beside the root members, or why not. */
export type CentreAnswer = { readonly body: JsonObject } | CentreRefusal;

/** Answers one operation. */
export type CentreHandler = (request: CentreRequest) => CentreAnswer;

/** The twenty fields that are signed, in the spec's order. Source: D002, signedFields. */
const SIGNED_FIELDS = [
  ['rxTraceCode', 'hiRxno', 'mdtrtId', 'patnName', 'psnCertType'],
  ['certno', 'fixmedinsName', 'fixmedinsCode', 'drCode', 'prscDrName'],
  ['pharDeptName', 'pharDeptCode', 'pharProfttlCodg', 'pharProfttlName', 'pharCode'],
  ['pharCertType', 'pharCertno', 'pharName', 'pharPracCertNo', 'pharChkTime'],
].flat();

const CERTIFICATE = { serial: 'SANDBOX-CA-0001', name: 'CN=模拟处方中心,O=示例,C=CN' };

/** Serial number and name of the certificate under which the sandbox signs. */
export { CERTIFICATE };

/** The desk; `keys` sign prescriptions. */
export function createHospitalDesk(
  book: CentreBook,
  keys: SandboxKeys,
): Readonly<Record<string, CentreHandler>> {
  return {
    '7101': (request) => check(book, request),
    '7102': (request) => sign(book, keys, request),
    '7103': (request) => upload(book, keys, request),
    '7104': (request) => revoke(book, request),
    '7105': (request) => asked(book, request, tellPrescription),
    '7106': (request) => asked(book, request, tellAudit),
    '7107': (request) => asked(book, request, tellDispensing),
  };
}

function check(book: CentreBook, { body, institution, now }: CentreRequest): CentreAnswer {
  const visit = firstNode(body, 'mdtrtinfo');
  const lines = children(body, 'rxdrugdetail');
  const wrong =
    refuseMissing((name) => leaf(body, name), ['mdtrtCertType', 'bizTypeCode', 'hospRxno', 'valiEndTime']) ??
    refuseMissing((name) => leaf(visit, name), ['fixmedinsCode', 'mdtrtId', 'patnName', 'certno', 'drCode']);
  if (wrong !== undefined) return wrong;
  if (leaf(visit, 'fixmedinsCode') !== institution) return refuse('institution');
  if (lines.length === 0 || children(body, 'diseinfo').length === 0) {
    return refuse('missing', lines.length === 0 ? 'rxdrugdetail' : 'diseinfo');
  }
  if (quantitiesOf(lines, 'drugCnt') === undefined) return refuse('missing', 'drugCnt');
  const ends = timeOf(leaf(body, 'valiEndTime'));
  if (Number.isNaN(ends)) return refuse('missing', 'valiEndTime');
  if (ends < now) return refuse('expired');
  const text = digestOf(body);
  const known = book.byHospitalNumber(institution, leaf(body, 'hospRxno'));
  if (known !== undefined && known.checkedText !== text) return refuse('reused', 'hospRxno');
  const { traceCode, number } = known ?? book.open(body, { text, now });
  return { body: { rxTraceCode: traceCode, hiRxno: number } };
}

function sign(book: CentreBook, keys: SandboxKeys, { body, institution, now }: CentreRequest): CentreAnswer {
  const value = Buffer.from(leaf(body, 'originalValue'), 'base64').toString('utf8');
  const fields = readFields(value);
  const found = book.find(fields['hiRxno'] ?? '');
  if (found === undefined || found.traceCode !== fields['rxTraceCode']) return refuse('unknown');
  if (found.hospital.code !== institution) return refuse('institution');
  if (!isOfPerson(found, fields)) return refuse('person');
  const hindrance = found.life.sign(now);
  if (hindrance !== undefined) return refuse(hindrance);
  const file = leaf(body, 'originalRxFile');
  const seal = signText(file, keys);
  const rxFile = Buffer.from(`${file}\n%%SANDBOX-SEAL ${CERTIFICATE.serial} ${seal}\n`).toString('base64');
  found.signed = { value, file, rxFile, digest: signText(value, keys) };
  return {
    body: {
      rxFile,
      signDigest: found.signed.digest,
      signCertSn: CERTIFICATE.serial,
      signCertDn: CERTIFICATE.name,
    },
  };
}

function upload(
  book: CentreBook,
  keys: SandboxKeys,
  { body, institution, now }: CentreRequest,
): CentreAnswer {
  const found = book.find(leaf(body, 'hiRxno'));
  if (found === undefined || found.traceCode !== leaf(body, 'rxTraceCode')) return refuse('unknown');
  if (found.hospital.code !== institution) return refuse('institution');
  const text = digestOf(body);
  if (found.uploadedText === text) return { body: standingOf(found, now) };
  if (found.uploadedText !== undefined) return refuse('reused', 'rxTraceCode');
  if (found.signed === undefined) return refuse('state');
  const fields = Object.fromEntries(SIGNED_FIELDS.map((name) => [name, leaf(body, name)]));
  const isWhole =
    verifyText(orderedText(fields), leaf(body, 'signDigest'), { ...keys, peerPublicKey: keys.publicKey }) &&
    leaf(body, 'rxFile') === found.signed.rxFile;
  if (!isWhole) return refuse('altered');
  const hindrance = found.life.upload(now);
  if (hindrance !== undefined) return refuse(hindrance);
  found.uploaded = body;
  found.uploadedText = text;
  return { body: standingOf(found, now) };
}

function revoke(book: CentreBook, { body, institution, now }: CentreRequest): CentreAnswer {
  const found = book.find(leaf(body, 'hiRxno'));
  if (found === undefined) return refuse('unknown');
  if (found.hospital.code !== institution) return refuse('institution');
  const missing = refuseMissing((name) => leaf(body, name), ['undoDrName', 'undoRea', 'undoTime']);
  if (missing !== undefined) return missing;
  // The same again is told the same: the hospital may not have heard the first answer.
  const hindrance = found.life.stage(now) === 'revoked' ? undefined : found.life.revoke(now);
  return hindrance === undefined ? { body: standingOf(found, now) } : refuse(hindrance);
}

function asked(
  book: CentreBook,
  { body, institution, now }: CentreRequest,
  tell: (found: Prescription, now: number) => CentreAnswer,
): CentreAnswer {
  const found = book.find(leaf(body, 'hiRxno'));
  if (found?.uploaded === undefined) return refuse('unknown');
  if (found.hospital.code !== institution) return refuse('institution');
  const person = {
    patnName: leaf(body, 'psnName'),
    certno: leaf(body, 'certno'),
    mdtrtId: leaf(body, 'mdtrtId'),
  };
  return isOfPerson(found, person) ? tell(found, now) : refuse('person');
}

/** Answers 7105, D005. */
function tellPrescription(found: Prescription, now: number): CentreAnswer {
  return {
    body: {
      ...standingOf(found, now),
      ...usedOf(found, now),
      fixmedinsCode: found.hospital.code,
      fixmedinsName: found.hospital.name,
      ...visitOf(found),
      rxDetlList: drugsOf(found, now),
      rxDiseList: children(found.checked, 'diseinfo'),
    },
  };
}

/** Answers 7106, D006; also the body of the notification, which is assumed. */
export function tellAudit(found: Prescription, now: number): CentreAnswer {
  const { audit } = found;
  if (audit === undefined) return refuse('state', '尚未审核');
  return {
    body: {
      ...standingOf(found, now),
      pharName: leaf(audit.body, 'pharName'),
      pharCode: leaf(audit.body, 'pharCode'),
      rxChkStasCodg: leaf(audit.body, 'rxChkStasCodg'),
      rxChkStasName: audit.passed ? '审核通过' : '审核不通过',
      rxChkOpnn: leaf(audit.body, 'rxChkOpnn'),
      rxChkTime: leaf(audit.body, 'rxChkTime').slice(0, 10),
    },
  };
}

/** Answers 7107, D007; also the body of the notification, which is assumed. */
export function tellDispensing(found: Prescription, now: number): CentreAnswer {
  const standing = found.dispensings.filter(({ undone }) => !undone);
  const last = found.dispensings.at(-1);
  if (last === undefined) return refuse('state', '尚未取药');
  const lines = standing.flatMap(({ body }) => children(body, 'rxSaleDrugDetl'));
  return {
    body: {
      ...standingOf(found, now),
      ...usedOf(found, now),
      setlTime: date(last.at),
      seltdelts: lines.map((line) => ({
        medListCodg: leaf(line, 'medListCodg'),
        drugGenname: leaf(line, 'drugGenname'),
        drugProdname: leaf(line, 'drugProdname') || leaf(line, 'drugGenname'),
        drugDosform: leaf(line, 'drugDosform') || '—',
        drugSpec: leaf(line, 'drugSpec'),
        cnt: leaf(line, 'drugTotlcnt'),
        aprvno: leaf(line, 'aprvno'),
        bchno: leaf(line, 'bchno'),
        manuLotnum: leaf(line, 'manuLotnum'),
        prdrName: leaf(line, 'prdrName') || '—',
        takeDrugFlag: '1',
      })),
    },
  };
}

function isOfPerson(found: Prescription, told: Readonly<Record<string, string>>): boolean {
  const visit = firstNode(found.checked, 'mdtrtinfo');
  return (['patnName', 'certno', 'mdtrtId'] as const).every((name) => leaf(visit, name) === told[name]);
}

function readFields(text: string): Record<string, string> {
  try {
    const read = JSON.parse(text) as unknown;
    if (typeof read !== 'object' || read === null) return {};
    return Object.fromEntries(Object.entries(read).map(([name, value]) => [name, String(value)]));
  } catch {
    return {};
  }
}

/** The text that a hospital signs: names ascending; members without content stay out. */
function orderedText(fields: Readonly<Record<string, string>>): string {
  const names = Object.keys(fields).filter((name) => fields[name] !== '');
  return JSON.stringify(Object.fromEntries(names.toSorted().map((name) => [name, fields[name]])));
}

/** By which the same message is known again, whatever the order of its members. */
export function digestOf(body: JsonObject): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== 'object' || value === null) return value;
    if ('rawJSON' in value) return String(value.rawJSON);
    return Object.fromEntries(
      Object.entries(value)
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, member]) => [name, sorted(member)]),
    );
  };
  return createHash('sha256')
    .update(JSON.stringify(sorted(body)))
    .digest('hex');
}
