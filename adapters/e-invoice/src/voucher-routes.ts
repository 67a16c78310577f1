/** Settlement vouchers over HTTP, beside the entry for bills. */
import { GatewayError } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import { answerJson, readJsonBody, readMembers } from '@yiqiao/sdk';
import type { ListenerRoute, MemberReader } from '@yiqiao/sdk';
import type { VoucherDesk, VoucherRequest } from './voucher-desk.ts';

/** The entry: 4901 or 4905 owed, what 4902 told of it, and 5501 asked. */
export function voucherRoutes(desk: VoucherDesk): readonly ListenerRoute[] {
  return [
    {
      method: 'POST',
      path: '/vouchers',
      handle(request) {
        const batch = desk.upload(readVoucher(readJsonBody(request)));
        return answerJson({ batch, state: desk.find(batch)?.state }, 202);
      },
    },
    {
      method: 'GET',
      path: '/vouchers/:batch',
      handle: ({ params: { batch = '' } }) => answerJson(summaryOf(desk, batch)),
    },
    {
      method: 'GET',
      path: '/bills/:settlement/voucher-status',
      handle: async ({ params: { settlement = '' } }) => answerJson(await desk.status(settlement)),
    },
  ];
}

function summaryOf(desk: VoucherDesk, batch: string): object {
  const voucher = desk.find(batch);
  if (voucher === undefined) throw new GatewayError('EINVOICE_UNKNOWN', { facts: { batch } });
  const { layoutFile: _, ...rest } = voucher;
  return rest;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** @throws GatewayError `MESSAGE_INVALID` with every member that is missing or unfit. */
function readVoucher(members: WireObject): VoucherRequest {
  return readMembers(members, (from) => {
    const renews = from.optionalNode('renews', readRenewal);
    return {
      settlementId: from.text('settlementId'),
      businessPeriod: from.text('businessPeriod'),
      fileName: from.text('fileName'),
      layoutFile: readFile(from),
      ...(renews === undefined ? {} : { renews }),
    };
  });
}

function readFile(from: MemberReader): Uint8Array {
  const text = from.text('layoutFile');
  if (!BASE64.test(text))
    from.report('layoutFile', 'format', { zh: '应为 Base64 文本。', en: 'Must be a text in Base64.' });
  return Buffer.from(text, 'base64');
}

function readRenewal(from: MemberReader): NonNullable<VoucherRequest['renews']> {
  return {
    settlementId: from.text('settlementId'),
    reason: from.text('reason'),
    uploadMode: from.text('uploadMode'),
    codeWrong: from.text('codeWrong'),
  };
}
