/** 7201 to 7211 at the simulated centre: what a pharmacy asks. */
import { date } from '../../china-time.ts';
import { children, leaf } from '../../national-message.ts';
import type { JsonObject } from '../../national-message.ts';
import { firstNode, quantitiesOf } from './book.ts';
import type { CentreBook, Prescription, Token } from './book.ts';
import { CERTIFICATE, digestOf } from './hospital-desk.ts';
import type { CentreAnswer, CentreHandler, CentreRequest } from './hospital-desk.ts';
import { refuse, refuseMissing } from './refusals.ts';
import { drugsOf, standingOf, usedOf, visitOf } from './told.ts';

/** Drugs that circulate. Source: none, the sandbox's own. */
const CIRCULATING = [
  ['XA01BA00000001', '示例缓释片甲', '30片/盒', '示例制药'],
  ['XC07AA00000002', '示例胶囊乙', '24粒/盒', '示例制药'],
] as const;

const TERMINAL = ['fixmedinsCode', 'ipInfo', 'opter', 'opterName', 'optinsNo'];

/** The desk. */
export function createPharmacyDesk(book: CentreBook): Readonly<Record<string, CentreHandler>> {
  return {
    '7201': (request) => authorize(book, request),
    '7202': (request) => authorizeOnline(book, request),
    '7203': (request) => decode(book, request),
    '7204': (request) => download(book, request),
    '7205': (request) => verify(book, request),
    '7206': (request) => audit(book, request),
    '7207': (request) => dispense(book, request),
    '7208': (request) => undo(book, request),
    '7209': (request) => deliver(book, request),
    '7210': (request) => deliver(book, request),
    '7211': ({ body }) => listDrugs(body),
  };
}

function authorize(book: CentreBook, request: CentreRequest): CentreAnswer {
  const { body, now } = request;
  const missing = refuseMissing((name) => leaf(body, name), [...TERMINAL, 'psnName', 'certno', 'ecToken']);
  if (missing !== undefined) return missing;
  const found = book
    .ofPerson(leaf(body, 'certno'))
    .find((one) => one.uploaded !== undefined && leaf(standingOf(one, now), 'rxStasCodg') === '1');
  if (found === undefined) return refuse('unknown');
  const visit = firstNode(found.checked, 'mdtrtinfo');
  if (leaf(visit, 'patnName') !== leaf(body, 'psnName')) return refuse('person');
  return {
    body: {
      ...granted(book, found, request),
      fixmedinsCode: found.hospital.code,
      fixmedinsName: found.hospital.name,
      prscTime: leaf(found.checked, 'prscTime'),
      deptName: leaf(visit, 'prscDeptName'),
      valiEndTime: leaf(found.checked, 'valiEndTime'),
    },
  };
}

function authorizeOnline(book: CentreBook, request: CentreRequest): CentreAnswer {
  const found = book.find(leaf(request.body, 'hiRxno'));
  return found?.uploaded === undefined ? refuse('unknown') : { body: granted(book, found, request) };
}

function decode(book: CentreBook, request: CentreRequest): CentreAnswer {
  const missing = refuseMissing((name) => leaf(request.body, name), [...TERMINAL, 'epcQrcd']);
  if (missing !== undefined) return missing;
  const found = book.byTraceCode(leaf(request.body, 'epcQrcd'));
  return found?.uploaded === undefined ? refuse('unknown') : { body: granted(book, found, request) };
}

function granted(book: CentreBook, found: Prescription, { institution, now }: CentreRequest): JsonObject {
  const { authorization, token, until } = book.grant(found, institution, now);
  return { authRxno: authorization, epcToken: token, expiresIn: date(until) };
}

/** 7204 tells also what the definition lacks: status, uses left and the patient's certificate. Project design. */
function download(book: CentreBook, request: CentreRequest): CentreAnswer {
  const { body, now } = request;
  const token = seen(book, request);
  if (token === undefined || token.authorization !== leaf(body, 'authRxno')) return refuse('token');
  const found = token.prescription;
  const hindrance = found.life.download(now);
  if (hindrance !== undefined) return refuse(hindrance);
  const visit = firstNode(found.checked, 'mdtrtinfo');
  return {
    body: {
      ...standingOf(found, now),
      ...usedOf(found, now),
      ...visitOf(found),
      rxTraceCode: found.traceCode,
      fixmedinsCode: found.hospital.code,
      fixmedinsName: found.hospital.name,
      prscDeptName: leaf(visit, 'prscDeptName'),
      drCode: leaf(visit, 'drCode'),
      prscDrName: leaf(visit, 'prscDrName'),
      psnCertType: leaf(visit, 'psnCertType'),
      certno: leaf(visit, 'certno'),
      rxFile: found.signed?.rxFile ?? '',
      fileSuffix: 'pdf',
      rxDetlList: drugsOf(found, now),
      rxDiseList: children(found.checked, 'diseinfo'),
    },
  };
}

function verify(book: CentreBook, request: CentreRequest): CentreAnswer {
  const { body } = request;
  const token = seen(book, request);
  if (token === undefined) return refuse('token');
  const { number, traceCode, signed } = token.prescription;
  if (leaf(body, 'hiRxno') !== number || leaf(body, 'rxTraceCode') !== traceCode) return refuse('unknown');
  if (leaf(body, 'rxFile') !== signed?.rxFile) return refuse('altered');
  return {
    body: {
      flag: true,
      rxSignVerifySn: book.serial('VER'),
      signCertSn: CERTIFICATE.serial,
      signCertDn: CERTIFICATE.name,
    },
  };
}

const AUDIT = [
  [
    'hiRxno',
    'epcToken',
    'ecToken',
    'fixmedinsCode',
    'fixmedinsName',
    'pharCertType',
    'pharCertno',
    'pharName',
  ],
  ['pharCode', 'rxChkOpnn', 'rxChkStasCodg', 'rxChkTime', 'rxSignVerifySn'],
].flat();

/** 审核状态 1 is attested as passed; any other counts as not passed, which is the sandbox's own. */
function audit(book: CentreBook, request: CentreRequest): CentreAnswer {
  const { body, institution, now } = request;
  const missing = refuseMissing((name) => leaf(body, name), AUDIT);
  if (missing !== undefined) return missing;
  const found = book.find(leaf(body, 'hiRxno'));
  if (found?.uploaded === undefined) return refuse('unknown');
  if (seen(book, request)?.prescription !== found) return refuse('token');
  const verification = leaf(body, 'rxSignVerifySn');
  const passed = leaf(body, 'rxChkStasCodg') === '1';
  const { audit: last } = found;
  if (last?.verification === verification && last.passed === passed && last.pharmacy === institution) {
    return { body: { flag: true, rxChkBizSn: last.number } };
  }
  const hindrance = passed ? found.life.pass(now, institution) : found.life.fail(now, institution);
  if (hindrance !== undefined) return refuse(hindrance);
  found.audit = { number: book.serial('CHK'), pharmacy: institution, verification, passed, body };
  return { body: { flag: true, rxChkBizSn: found.audit.number } };
}

function dispense(book: CentreBook, { body, institution, now }: CentreRequest): CentreAnswer {
  const found = book.find(leaf(body, 'hiRxno'));
  if (found?.uploaded === undefined) return refuse('unknown');
  const lines = children(body, 'rxSaleDrugDetl');
  const quantities = quantitiesOf(lines, 'drugTotlcnt');
  const documents = new Set(lines.map((line) => leaf(line, 'rtalDocno')));
  const [document = ''] = documents;
  if (documents.size !== 1 || document === '' || quantities === undefined) {
    return refuse('missing', 'rtalDocno、drugTotlcnt');
  }
  const text = digestOf({ lines });
  const known = found.dispensings.find((one) => !one.undone && isSame(one, institution, document));
  if (known !== undefined && known.text !== text) return refuse('reused', 'rtalDocno');
  if (known === undefined && found.audit?.number !== leaf(body, 'rxChkBizSn')) {
    return refuse(found.audit?.pharmacy === institution || found.audit === undefined ? 'state' : 'taken');
  }
  const settled = leaf(body, 'hiFeesetlFlag') === '1';
  const hindrance = found.life.dispense(now, institution, {
    document: `${institution}/${document}`,
    quantities,
    settled,
  });
  if (hindrance !== undefined) return refuse(hindrance);
  if (known !== undefined) return { body: { flag: true, selStooutSn: known.number } };
  const number = book.serial('OUT');
  found.dispensings.push({ number, pharmacy: institution, document, text, body, at: now, undone: false });
  return { body: { flag: true, selStooutSn: number } };
}

/** 医保结算标志 0 says that no settlement of it stands any more, 1 that it does. Project design. */
function undo(book: CentreBook, { body, institution, now }: CentreRequest): CentreAnswer {
  const found = book.find(leaf(body, 'hiRxno'));
  if (found?.uploaded === undefined) return refuse('unknown');
  const number = leaf(body, 'selStooutSn');
  const one = found.dispensings.find((dispensing) => dispensing.number === number);
  if (one === undefined) return refuse('document');
  if (one.pharmacy !== institution) return refuse('taken');
  if (one.undone) return { body: { flag: true } };
  const hindrance = found.life.undo(now, institution, {
    document: `${institution}/${one.document}`,
    settlementGone: leaf(body, 'hiFeesetlFlag') === '0',
  });
  if (hindrance !== undefined) return refuse(hindrance);
  one.undone = true;
  return { body: { flag: true } };
}

function deliver(book: CentreBook, { body }: CentreRequest): CentreAnswer {
  const found = book.find(leaf(body, 'hiRxno'));
  if (found?.uploaded === undefined) return refuse('unknown');
  return found.dispensings.some(({ undone: isUndone }) => !isUndone)
    ? { body: { flag: true } }
    : refuse('state', '尚未取药');
}

function listDrugs(body: JsonObject): CentreAnswer {
  const wanted = leaf(body, 'medListCodg');
  const list = CIRCULATING.filter(([code]) => wanted === '' || code === wanted).map(
    ([medListCodg, name, specName, prdrName]) => ({
      medListCodg,
      regName: name,
      genname: name,
      specName,
      prdrName,
      dosformName: '片剂',
      dualchnlFlag: '1',
      oppoolFlag: '1',
    }),
  );
  return { body: { total: String(list.length), size: String(list.length), list } };
}

/** The token of a message, when it is this institution's and still holds. */
function seen(book: CentreBook, { body, institution, now }: CentreRequest): Token | undefined {
  const token = book.token(leaf(body, 'epcToken'));
  return token?.institution === institution && token.until >= now ? token : undefined;
}

function isSame(
  one: { readonly pharmacy: string; readonly document: string },
  pharmacy: string,
  document: string,
): boolean {
  return one.pharmacy === pharmacy && one.document === document;
}
