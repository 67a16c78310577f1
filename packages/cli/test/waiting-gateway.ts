/** A gateway with one settlement that waits for a person, and the sandbox folder that tells where it is. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startGateway } from '@yiqiao/gateway';
import { formatTime } from '@yiqiao/model';
import { makeWorldTokens } from '#internal/world-tokens.ts';
import type { WorldTokens } from '#internal/world-tokens.ts';

/** What a test knows of it. */
export interface WaitingGateway {
  /** Folder with a world.json, as `--data` wants it. */
  readonly folder: string;
  readonly admin: string;
  /** For each role the file with its token. */
  readonly tokenFiles: WorldTokens['files'];
  /** Sends the settlement again; resolves with the status and the text. */
  resend(): Promise<{ readonly status: number; readonly text: string }>;
  /** Has another settlement answered with amounts that do not add up. */
  settleOddly(): Promise<void>;
  close(): Promise<void>;
}

const CORE_DEADLINE_MS = 500;

/** Starts it in a folder. */
export async function startWaitingGateway(folder: string): Promise<WaitingGateway> {
  const core = await startForgetfulCore();
  const configFile = join(folder, 'gateway.yaml');
  const { files: tokenFiles, yaml } = makeWorldTokens(folder);
  writeFileSync(configFile, `${configOf(core.url)}${yaml}`);
  const gateway = await startGateway({ configFile });
  assert(gateway.admin !== undefined);
  const { admin, url } = gateway;
  const urls = { national: admin, predecessor: admin, hub: admin, insuredPlace: admin };
  writeFileSync(join(folder, 'world.json'), JSON.stringify({ admin: { urls, tokenFiles } }));
  const send = async (body: string): Promise<{ status: number; text: string }> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    return { status: response.status, text: await response.text() };
  };
  const body = settlement();
  const resend = (): Promise<{ status: number; text: string }> => send(body);
  assert.match((await resend()).text, /HANDED_TO_PERSON/);
  return {
    folder,
    admin,
    tokenFiles,
    resend,
    settleOddly: async () => assert.match((await send(settlement('2'))).text, /"infcode": ?0/),
    async close() {
      await gateway.close();
      core.close();
    },
  };
}

/** Loses every answer to 2207 but that of visit S0002, whose amounts do not add up, and refuses to reverse. */
async function startForgetfulCore(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { infno, input } = JSON.parse(Buffer.concat(chunks).toString()) as {
        infno: string;
        input: { data: { mdtrt_id?: string } };
      };
      if (input.data.mdtrt_id === 'S0002') response.end(ODD_ANSWER);
      else if (infno === '2207') response.destroy();
      else response.end(JSON.stringify({ infcode: -1, err_msg: '已日结，不能冲正', output: null }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}/`, close };
}

/** 12.50 in all, of which 0.00 and 7.50 are paid by somebody. */
const ODD_ANSWER = `{"infcode":0,"inf_refmsgid":"000000202601010000000000000001","err_msg":"","output":{"setlinfo":{
  "psn_no":"00000000000000000000000001","mdtrt_id":"S0002","setl_id":"J2","medfee_sumamt":12.50,
  "fund_pay_sumamt":0.00,"psn_part_amt":7.50}}}`;

function configOf(core: string): string {
  return `role: care-place
region: "530000"
listen: { port: 0 }
journal: journal.sqlite
logLevel: silent
outcome: { callerDeadlineMs: 20000, firstDelayMs: 10, maxDelayMs: 100, inFlightMs: 50 }
peers:
  - id: his
    from: { institutions: [H53010000002] }
    signing: { profile: none }
  - id: core
    mode: tolerant
    to: { url: "${core}", replyTimeoutMs: ${CORE_DEADLINE_MS} }
    signing: { profile: none }
carePlaceCore: core
`;
}

function settlement(n = '1'): string {
  return JSON.stringify({
    infno: '2207',
    msgid: `H5301000000220260101000000000${n}`,
    mdtrtarea_admvs: '530100',
    insuplc_admdvs: '530100',
    recer_sys_code: '99',
    infver: '1.0.0',
    opter_type: '1',
    opter: '0001',
    opter_name: '测试经办',
    inf_time: formatTime(Date.now()),
    fixmedins_code: 'H53010000002',
    fixmedins_name: '示例医院',
    sign_no: 'Q0001',
    input: {
      data: {
        psn_no: '00000000000000000000000001',
        mdtrt_cert_type: '02',
        mdtrt_cert_no: '000000199001010018',
        card_sn: '',
        psn_cert_type: '01',
        certno: '000000199001010018',
        med_type: '11',
        medfee_sumamt: 12.5,
        psn_setlway: '01',
        mdtrt_id: `S000${n}`,
        chrg_bchno: `B000${n}`,
        insutype: '310',
        acct_used_flag: '0',
        invono: 'F0001',
        fulamt_ownpay_amt: 0,
        overlmt_selfpay: 0,
        preselfpay_amt: 0,
        inscp_scp_amt: 12.5,
      },
    },
  });
}
