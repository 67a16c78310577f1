import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createRegistry } from '@yiqiao/registry';
import type { FieldDefinition, NodeDefinition } from '@yiqiao/registry';
import { INSTITUTIONS, startWorld } from '#internal/world.ts';
import type { World } from '#internal/world.ts';
import { endAll, makeFolder } from './spoken.ts';

const registry = createRegistry();

/** The first code of its list, or any value that a field takes. */
function valueOf({ type, valueSet, format }: FieldDefinition): unknown {
  const [code] = valueSet === undefined ? [] : (registry.valueSet(valueSet)?.codes.keys() ?? []);
  if (code !== undefined) return code;
  switch (type) {
    case 'number':
      return 1;
    case 'date':
      return format?.includes('HH') === true ? '2026-01-01 08:00:00' : '2026-01-01';
    case 'datetime':
      return '2026-01-01 08:00:00';
    case 'boolean':
      return true;
    case 'array':
      return [];
    case 'object':
      return {};
    case 'string':
    case 'binary':
      return '1';
  }
}

/** Members of a node and of the nodes below it: those that are required, always or at times. */
function membersOf(nodes: readonly NodeDefinition[], node: NodeDefinition): Record<string, unknown> {
  const inner = nodes.filter((one) => one.parent === node.node && one !== node);
  const leaves = node.fields.filter(
    ({ required, condition, name }) =>
      (required || condition !== undefined) && !inner.some((one) => one.node === name),
  );
  return {
    ...Object.fromEntries(leaves.map((field) => [field.name, valueOf(field)])),
    ...Object.fromEntries(inner.map((one) => [one.node, shaped(nodes, one)])),
  };
}

function shaped(nodes: readonly NodeDefinition[], node: NodeDefinition): unknown {
  const members = membersOf(nodes, node);
  return node.repeated ? [members] : members;
}

function inputOf(transaction: string): Record<string, unknown> {
  const nodes = registry.definition('national', transaction)?.request ?? [];
  const roots = nodes.filter(({ parent }) => parent === undefined);
  return Object.assign(
    {},
    ...roots.map((node) =>
      node.node === '' ? membersOf(nodes, node) : { [node.node]: shaped(nodes, node) },
    ),
  ) as Record<string, unknown>;
}

describe('Every core transaction sent to a gateway of the sandbox', () => {
  let world: World;
  let serial = 0;
  before(async function () {
    this.timeout(30_000);
    world = await startWorld({ folder: join(makeFolder(), 'sandbox'), ports: 'free', logLevel: 'silent' });
  });
  after(async () => {
    await world.close();
    endAll();
  });

  async function post(infno: string, input: Record<string, unknown>): Promise<Response> {
    serial += 1;
    const { code: institution, name } = INSTITUTIONS.unsigned;
    const time = new Date(Date.now() + 8 * 3_600_000).toISOString().replace('T', ' ').slice(0, 19);
    return fetch(world.gateways.national.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        infno,
        msgid: `${institution}${time.replaceAll(/\D/g, '')}${String(serial).padStart(4, '0')}`,
        mdtrtarea_admvs: '530100',
        insuplc_admdvs: '330100',
        recer_sys_code: '99',
        infver: '1.0.0',
        opter_type: '1',
        opter: '0001',
        opter_name: '测试经办',
        inf_time: time,
        fixmedins_code: institution,
        fixmedins_name: name,
        sign_no: 'Q0001',
        input,
      }),
    });
  }

  async function send(infno: string): Promise<string> {
    const response = await post(infno, inputOf(infno));
    const { err_msg: text = '' } = (await response.json()) as { err_msg?: string };
    return text;
  }

  const core = registry
    .transactions()
    .filter((number) => registry.definition('national', number)?.scope === 'core')
    // What a reversal is of, a gateway looks up itself.
    .filter((number) => number !== '2601');
  for (const infno of core) {
    it(`${infno} is answered by a core, in its own words`, async () => {
      const text = await send(infno);
      // A refusal of a gateway's own begins with its code.
      assert.doesNotMatch(text, /^\[|不受理交易/);
    });
  }

  it('9101 takes a file of a megabyte and 9102 gives the same bytes back, without an envelope', async () => {
    const { code: fixmedins_code } = INSTITUTIONS.unsigned;
    const bytes = Buffer.concat([Buffer.from([0x50, 0x4b, 0x03, 0x04]), Buffer.alloc(1_048_576, 7)]);
    const sent = { in: bytes.toString('base64'), filename: 'a.zip', fixmedins_code };
    const uploaded = await post('9101', { fsUploadIn: sent });
    const { output } = (await uploaded.json()) as { output: { file_qury_no: string; filename: string } };
    const { file_qury_no, filename } = output;
    const wanted = { file_qury_no, filename, fixmedins_code };
    const response = await post('9102', { fsDownloadIn: wanted });
    assert.equal(response.headers.get('content-type'), 'application/octet-stream');
    assert.equal(Buffer.compare(Buffer.from(await response.arrayBuffer()), bytes), 0);
    const refused = (await (
      await post('9102', { fsDownloadIn: { ...wanted, file_qury_no: 'F0' } })
    ).json()) as {
      infcode: number;
      err_msg: string;
    };
    assert.deepEqual([refused.infcode, refused.err_msg], [-1, '文件不存在或已过下载截止时间：F0']);
  });

  for (const infno of ['1321', '4104', '5101']) {
    it(`${infno}, which has no operation, passes in its national form`, async () => {
      assert.match(await send(infno), new RegExp(`^就医地不受理交易 ${infno}$`));
      assert.equal(world.careCores.national.count(infno), 1);
    });
  }
});
