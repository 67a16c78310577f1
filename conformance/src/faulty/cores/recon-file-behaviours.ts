/** Ways in which a care place goes wrong with the files of a reconciliation, by name. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { unzipText } from '@yiqiao/sandbox';
import type { CoreAnswer, CoreRequest } from '@yiqiao/sandbox';
import { child, leaf } from '../../run/own-reading.ts';
import { zipOf } from '../../tongues/archives.ts';
import { acting, when } from './acts.ts';
import type { Behaviour, Behaviours } from './acts.ts';
import {
  datum,
  DONE,
  fromInstitution,
  institutionOf,
  isDone,
  isRefused,
  outputOf,
  withNode,
} from './messages.ts';
import { noteRow } from './recon-rows.ts';
import type { Row } from './recon-rows.ts';

/** Cells of a row of a result: person, visit, settlement, msgid, result, refund, remark, and three amounts. */
type Cells = readonly string[];

const [VISIT, SETTLEMENT, MSGID, RESULT, REFUND, REMARK] = [1, 2, 3, 4, 5, 6];
const RESULT_COLUMNS = 10;
const ONLY_THERE = '机构无此结算';

/** By name. */
export const RECON_FILE_BEHAVIOURS: Behaviours = {
  'recon-rows-never-agree': results((row) => put(row, RESULT, '1')),
  'recon-rows-other-msgid': results((row) => put(row, MSGID, 'X0000000000000000000000000000')),
  'recon-rows-overlook-row-total': overlooking('不一致：医疗费总额'),
  'recon-rows-overlook-row-fund': overlooking('不一致：基金支付总额'),
  'recon-rows-overlook-row-account': overlooking('不一致：个人账户支出'),
  'recon-rows-overlook-row-visit': overlooking('不一致：就诊ID'),
  'recon-rows-overlook-row-person': overlooking('不一致：人员编号'),
  'recon-rows-overlook-row-refund': overlooking('不一致：退费结算标志'),
  'recon-rows-overlook-only-here': overlooking('平台无此结算'),
  'recon-rows-twice': files((rows) =>
    rows.map((row, at) =>
      rows.findIndex((one) => one[SETTLEMENT] === row[SETTLEMENT]) < at ? put(row, RESULT, '0') : row,
    ),
  ),
  'recon-rows-hide-only-there': files((rows) => rows.filter((row) => row[REMARK] !== ONLY_THERE)),
  'recon-rows-tell-only-there': results((row) =>
    row[REMARK] === ONLY_THERE ? put(put(row, SETTLEMENT, 'A1'), VISIT, 'V1') : row,
  ),
  'recon-rows-no-refunds': results((row) => (row[REFUND] === '1' ? put(row, RESULT, '1') : row)),
  'recon-rows-leak': leaking(),
  'recon-file-altered': downloads((rows) => (rows[0]?.length === RESULT_COLUMNS ? rows : rows.slice(0, -1))),
  'recon-any-file': unknownTo('3202'),
  'recon-any-download': unknownTo('9102'),
  'recon-any-task': unknownTo('3212'),
  'recon-file-of-another': ofAnother('3202', fromInstitution),
  'recon-task-of-another': ofAnother('3212', fromInstitution),
  'recon-download-of-another': ofAnother('9102', (request, fixmedins_code) =>
    withNode(request, 'fsDownloadIn', { fixmedins_code }),
  ),
};

function put(row: Cells, at: number, cell: string): Cells {
  return row.map((one, place) => (place === at ? cell : one));
}

/** Changes every file that is fetched. */
function downloads(change: (rows: readonly Cells[], request: CoreRequest) => readonly Cells[]): Behaviour {
  return when(['9102'], (request, go) => {
    const answer = go(request);
    if (!('file' in answer)) return answer;
    const altered = async function* (): AsyncGenerator<Buffer> {
      const text = unzipText(await buffer(answer.file())) ?? '';
      const rows = text.split('\n').filter((line) => line !== '');
      const lines = change(
        rows.map((line) => line.split('\t')),
        request,
      ).map((row) => `${row.join('\t')}\n`);
      yield zipOf(lines.join(''));
    };
    return { file: () => Readable.from(altered(), { objectMode: false }) };
  });
}

/** Changes the files of 3202. */
function files(change: (rows: readonly Cells[], request: CoreRequest) => readonly Cells[]): Behaviour {
  return downloads((rows, request) =>
    leaf(child(request.input, 'fsDownloadIn'), 'filename').includes('_result') ? change(rows, request) : rows,
  );
}

function results(change: (row: Cells) => Cells): Behaviour {
  return files((rows) => rows.map((row) => change(row)));
}

/** Calls a row right whose remark says only this. */
function overlooking(remark: string): Behaviour {
  return results((row) => (row[REMARK] === remark ? put(row, RESULT, '0') : row));
}

/** Results have the settlements of other institutions, too. */
function leaking(): Behaviour {
  return (system) => {
    const known: Row[] = [];
    const around = files((rows, request) => [
      ...rows,
      ...known
        .filter(({ institution, reversed }) => !reversed && institution !== institutionOf(request))
        .map(({ psnNo, msgid }) => [
          psnNo,
          'null',
          'null',
          msgid,
          '1',
          '0',
          ONLY_THERE,
          '1.00',
          '0.00',
          '0.00',
        ]),
    ])(system);
    return (go) => {
      const leaky = around(go);
      return (request) => {
        const answer = leaky(request);
        if (isDone(answer)) noteRow(known, request);
        return answer;
      };
    };
  };
}

/** Whose files and tasks are, by the numbers that a system has given. */
function createOwners(): {
  note(request: CoreRequest, answer: CoreAnswer): void;
  readonly of: ReadonlyMap<string, string>;
} {
  const given = new Map<string, string>();
  return {
    of: given,
    note(request, answer) {
      if (!isDone(answer)) return;
      const { infno, input } = request;
      const output = outputOf(answer);
      const info = child(output, 'fileinfo');
      const own = institutionOf(request);
      if (infno === '9101')
        given.set(leaf(output, 'file_qury_no'), leaf(child(input, 'fsUploadIn'), 'fixmedins_code'));
      if (infno === '3202') given.set(leaf(info, 'file_qury_no'), own);
      if (infno === '3211') given.set(leaf(info, 'task_key'), own);
    },
  };
}

/** The file or task that a request names. */
function numberIn(request: CoreRequest): string {
  return (
    datum(request, 'file_qury_no') ||
    datum(request, 'task_key') ||
    leaf(child(request.input, 'fsDownloadIn'), 'file_qury_no')
  );
}

/** Says yes to a number that was never given. */
function unknownTo(infno: string): Behaviour {
  return acting(() => {
    const owners = createOwners();
    return (request, go) => {
      const answer = go(request);
      owners.note(request, answer);
      const isUnknown = request.infno === infno && !owners.of.has(numberIn(request));
      return isUnknown && isRefused(answer) ? DONE : answer;
    };
  });
}

/** Takes whoever asks for the one who owns the number. */
function ofAnother(
  infno: string,
  change: (request: CoreRequest, institution: string) => CoreRequest,
): Behaviour {
  return acting(() => {
    const owners = createOwners();
    return (request, go) => {
      const owner = request.infno === infno ? owners.of.get(numberIn(request)) : undefined;
      const answer = go(owner === undefined ? request : change(request, owner));
      owners.note(request, answer);
      return answer;
    };
  });
}
