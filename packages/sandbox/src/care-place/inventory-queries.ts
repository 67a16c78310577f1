/** 3508-3513 at the care place: what is stored of an institution's goods, in the names those answers have. */
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { child, children, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import type { Inventory, Movement, MovementKind } from './inventory.ts';

/** Each query: what it looks through, and the name of its 流水号. */
const QUERIES: Readonly<Record<string, { readonly kind: MovementKind; readonly number: string }>> = {
  3508: { kind: '1', number: 'medinsProdInvNo' },
  3509: { kind: '2', number: 'medinsProdInvChgNo' },
  3510: { kind: '3', number: 'medinsProdPurcNo' },
  3511: { kind: '4', number: 'medinsProdSelNo' },
};

/** Members of a query that narrow it, and the member of the stored node each is compared with. */
const FILTERS: readonly (readonly [query: string, stored: string])[] = [
  ['medins_list_codg', 'fixmedins_hilist_id'],
  ['med_list_codg', 'med_list_codg'],
  ['manu_lotnum', 'manu_lotnum'],
  ['inv_chg_type', 'inv_chg_type'],
  ['setl_id', 'setl_id'],
  ['psn_no', 'psn_no'],
  ['certno', 'certno'],
  ['rx_flag', 'rx_flag'],
  ['trdn_flag', 'trdn_flag'],
];

/** Queries of goods and of 药品追溯码. */
export function inventoryQueryHandlers(inventory: Inventory): Readonly<Record<string, TransactionHandler>> {
  const goods = Object.entries(QUERIES).map(([infno, query]): [string, TransactionHandler] => [
    infno,
    (request) => {
      const rows = wanted(inventory, { kind: query.kind, request });
      return { output: { output: rows.map((row) => goodsRow(row, query.number)) } };
    },
  ]);
  return {
    ...Object.fromEntries(goods),
    3512: (request) => listTraces(inventory, { kind: '1', request }),
    3513: (request) => listTraces(inventory, { kind: '4', request }),
  };
}

interface Wanted {
  readonly kind: MovementKind;
  readonly request: CoreRequest;
}

function wanted(inventory: Inventory, { kind, request }: Wanted): readonly Movement[] {
  const data = child(request.input, 'data');
  const [from, to] = [leaf(data, 'begndate').slice(0, 10), leaf(data, 'enddate').slice(0, 10)];
  const filters = FILTERS.filter(([name]) => leaf(data, name) !== '');
  return inventory
    .find(kind, leaf(data, 'fixmedins_code'), leaf(data, 'fixmedins_bchno'))
    .filter(({ data: stored, happened }) => {
      const day = happened.slice(0, 10);
      const fits = filters.every(([name, other]) => leaf(stored, other) === leaf(data, name));
      return fits && from <= day && (to === '' || day <= to);
    });
}

/** `med_list_codg` → `medListCodg`; the institution's own item has another name in these answers. */
function answerName(name: string): string {
  if (name === 'fixmedins_hilist_id') return 'medinsListCodg';
  if (name === 'fixmedins_hilist_name') return 'medinsListName';
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function goodsRow(
  { data, number, stored, returned, institution, kind }: Movement,
  numberName: string,
): JsonObject {
  const members = Object.entries(data)
    .filter(([name]) => name !== 'drugtracinfo')
    .map(([name, value]) => [answerName(name), value] as const);
  return {
    ...Object.fromEntries(members),
    [numberName]: number,
    fixmedinsCode: institution,
    ...(kind === '3' && { prodRetnFlag: returned ? '1' : '0' }),
    valiFlag: '1',
    rid: number,
    crteTime: stored,
    updtTime: stored,
  };
}

function listTraces(inventory: Inventory, { kind, request }: Wanted): CoreAnswer {
  const code = leaf(child(request.input, 'data'), 'drug_trac_codg');
  const rows = wanted(inventory, { kind, request }).flatMap((movement) =>
    children(movement.data, 'drugtracinfo')
      .map((trace) => leaf(trace, 'drug_trac_codg'))
      .filter((found) => found !== '' && (code === '' || found === code))
      .map((found) => traceRow(movement, found)),
  );
  return { output: { output: rows } };
}

function traceRow({ data, institution, kind }: Movement, code: string): JsonObject {
  return {
    fixmedinsCode: institution,
    medinsListCodg: leaf(data, 'fixmedins_hilist_id'),
    medinsListName: leaf(data, 'fixmedins_hilist_name'),
    fixmedinsBchno: leaf(data, 'fixmedins_bchno'),
    medListCodg: leaf(data, 'med_list_codg'),
    drugTracCodg: code,
    ...(kind === '4'
      ? {
          psnNo: leaf(data, 'psn_no'),
          psnName: leaf(data, 'psn_name'),
          certno: leaf(data, 'certno'),
          mdtrtId: leaf(data, 'mdtrt_sn'),
          trdnFlag: leaf(data, 'trdn_flag'),
        }
      : { valiFlag: '1' }),
  };
}
