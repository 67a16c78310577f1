/** A province that is care place and insured place in one, spoken to by a HIS without any gateway between. */
import assert from 'node:assert/strict';
import { createNationalHis, runVisit, startProvinceCore, visitScripts } from '@yiqiao/sandbox';
import type { NationalHis, ProvinceCore } from '@yiqiao/sandbox';

describe('A provincial core', () => {
  let core: ProvinceCore;
  beforeEach(async () => {
    core = await startProvinceCore({ region: '330000' });
  });
  afterEach(() => core.stop());

  const hisOf = async (region: string): Promise<NationalHis> => {
    const his = createNationalHis({
      gatewayUrl: core.url,
      institution: { code: `H${region}00001`, name: '示例医院' },
      region,
      operator: { number: '0001', name: '测试经办' },
    });
    await his.signIn();
    return his;
  };
  const script = (id: string) => {
    const found = visitScripts('330000').find((one) => one.id === id);
    assert(found !== undefined);
    return found;
  };

  it('settles who is insured and treated in it, on both its books', async () => {
    const receipt = await runVisit(await hisOf('330100'), script('a'));
    assert.equal(receipt.outcome.code, 'settled');
    const [row] = core.ledger.effective();
    assert.deepEqual(core.careLedger.effective(), [row]);
    assert.equal(row?.total, receipt.payment?.total);
  });

  it('cancels on both its books', async () => {
    const receipt = await runVisit(await hisOf('330100'), script('b'));
    assert.equal(receipt.outcome.code, 'cancelled');
    const states = ['cancelled', 'cancellation'];
    for (const ledger of [core.ledger, core.careLedger]) {
      assert.deepEqual(
        ledger.rows().map(({ state }) => state),
        states,
      );
    }
  });

  it('is only the insured place of who is treated elsewhere', async () => {
    const his = await hisOf('530100');
    await runVisit(his, script('a'));
    assert.equal(core.ledger.effective().length, 1);
    assert.deepEqual(core.careLedger.rows(), []);
  });
});
