/** 1201 and 3401 to 3403 at the care place: institutions, and the departments that they have told of. */
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { missingMembers } from '../missing-members.ts';
import { child, children, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';

/** Members without which no department is taken. Source: transactions/3401, request. */
const NEEDED = [
  'hosp_dept_codg',
  'caty',
  'hosp_dept_name',
  'begntime',
  'itro',
  'dept_resper_name',
  'dept_resper_tel',
  'dept_estbdat',
  'aprv_bed_cnt',
  'poolarea_no',
  'dr_psncnt',
  'phar_psncnt',
  'nurs_psncnt',
  'tecn_psncnt',
];

/** Departments by institution and code. */
type Departments = Map<string, JsonObject>;

/** Institutions are known by their codes alone: whoever has one of this form is designated. */
export function institutionHandlers(): Readonly<Record<string, TransactionHandler>> {
  const departments: Departments = new Map();
  return {
    1201: ({ input, envelope }) => tellInstitution(child(input, 'medinsinfo'), envelope),
    3401: (request) => upload(departments, request, [child(request.input, 'deptinfo')]),
    '3401A': (request) => upload(departments, request, children(request.input, 'deptinfo')),
    3402: ({ input, envelope }) => {
      const changed = child(input, 'deptinfo');
      const key = keyOf(envelope, changed);
      const known = departments.get(key);
      if (known === undefined) return { refusal: `未查询到科室：${leaf(changed, 'hosp_dept_codg')}` };
      const missing = missingMembers(
        changed,
        NEEDED.filter((name) => name !== 'poolarea_no'),
      );
      if (missing !== undefined) return missing;
      departments.set(key, { ...known, ...changed });
      return { output: null };
    },
    3403: ({ input, envelope }) => {
      const withdrawn = child(input, 'data');
      return departments.delete(keyOf(envelope, withdrawn))
        ? { output: null }
        : { refusal: `未查询到科室：${leaf(withdrawn, 'hosp_dept_codg')}` };
    },
  };
}

/** All rows or none. */
function upload(
  departments: Departments,
  { envelope }: CoreRequest,
  rows: readonly JsonObject[],
): CoreAnswer {
  if (rows.length === 0) return { refusal: '科室信息为空' };
  const faults = rows.flatMap((row, at) => {
    const missing = missingMembers(row, NEEDED)?.refusal;
    if (missing !== undefined) return [`第 ${at + 1} 条${missing}`];
    return departments.has(keyOf(envelope, row))
      ? [`第 ${at + 1} 条科室已存在：${leaf(row, 'hosp_dept_codg')}`]
      : [];
  });
  if (faults.length > 0) return { refusal: faults.slice(0, 10).join('；') };
  for (const row of rows) departments.set(keyOf(envelope, row), row);
  return { output: null };
}

function keyOf(envelope: JsonObject, department: JsonObject): string {
  return `${leaf(envelope, 'fixmedins_code')} ${leaf(department, 'hosp_dept_codg')}`;
}

/** Source: transactions/1201; `fixmedins_type` 1 医疗机构, 2 药店. */
const KINDS: Readonly<Record<string, string>> = { H: '1', P: '2' };
const LEVEL_TWO = '05';

function tellInstitution(asked: JsonObject, envelope: JsonObject): CoreAnswer {
  const missing = missingMembers(asked, ['fixmedins_type']);
  if (missing !== undefined) return missing;
  if (leaf(asked, 'fixmedins_code') === '' && leaf(asked, 'fixmedins_name') === '')
    return { refusal: '医药机构名称与编号至少填一项' };
  const code = leaf(asked, 'fixmedins_code') || leaf(envelope, 'fixmedins_code');
  const kind = KINDS[code.charAt(0)];
  if (!/^[HP]\d{11}$/.test(code) || kind !== leaf(asked, 'fixmedins_type'))
    return { refusal: `未查询到定点医药机构：${code}` };
  const name = leaf(asked, 'fixmedins_name') || `示例机构${code.slice(-4)}`;
  const medinsinfo = {
    fixmedins_code: code,
    fixmedins_name: name,
    uscc: `12${code.slice(1, 7)}${code.slice(-9)}0`,
    fixmedins_type: kind,
    hosp_lv: kind === '1' ? LEVEL_TWO : '',
    exp_content: '',
  };
  return { output: { medinsinfo } };
}
