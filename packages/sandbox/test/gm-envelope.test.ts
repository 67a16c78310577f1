/** The sandbox's own gm-envelope against the published vector of schemas/signing/vectors.json. */
import assert from 'node:assert/strict';
import { openEnvelope, sealEnvelope } from '#internal/platforms/gm-envelope.ts';

const keys = {
  appId: 'TESTAPP0000000000000000000000001',
  appSecret: 'TESTSECRET00000000000000000000AB',
  privateKey: 'cce78f7af4356a84efacd3bcfb2d901e49b673a84d77fa79ea31ab180c8c692f',
  publicKey:
    '04343ccf9acad348a5297f0433bd51e2e0e9d0fdc98f498d95a7526c8d09dc05212f815fd6fdcb0399fdaa400a1a0409fd1db15dd4053807aa283072091e19e5b5',
};
const party = { ...keys, peerPublicKey: keys.publicKey };
const DATA = {
  hiRxno: '53000000000000000000000000001',
  fixmedinsCode: 'H53000000001',
  mdtrtId: '5300000000001',
  psnName: '测试人员甲',
  psnCertType: '01',
  certno: '530000190001010011',
  ecToken: '',
  extras: null,
  list: [{ b: 2, a: '1' }, {}],
};
/** Vector `gm-envelope` of schemas/signing/vectors.json. */
const ENC_DATA =
  'A2E9AC94D0A59D961CA0B892CE2CF18B42FF6A8C33DBF9C1210B4D2DCDD6224480BA4208F5DC47EF3B2F32BA91BAE573A5F6CDE2246F55C7576D8271D399C1270C7CDAE0B72C308E6A4B74986316985B027DB8231BD42B9D71D37FC46822BC6F37AA8A0226E3DCDE2C7C3BC2DFEBE320CA7BF0F28D9EBE103525EAE6EB3405D9535C2C77923DC96165BED0A664750FE148687A21451841C8E8CA5282D68BAB54F3F621105FA60BBDC6444BA69898109C2E5E350A8A31ADBDBFDA6886B6E29E32F2BEFB0DE03717CEDDB7F2E45B5E90CA';
const SIGN_DATA = 'ZqJxcDUCP+Lgrg08FRzKgyZs6s1nZuYGTpEYIYnnvTdAJbR6q6lMEYfuj1SbRVM0qgZMmfsWHHCOxLZDskzs/Q==';

describe('gm-envelope of the simulated platforms', () => {
  it('encrypts the canonical data to the published bytes', () => {
    const sealed = sealEnvelope(party, { members: { version: '1.0.0' }, data: DATA, now: 1_700_000_000_000 });
    assert.equal((JSON.parse(sealed.toString()) as { encData: string }).encData, ENC_DATA);
  });

  it('accepts the published signature, and none of a changed message', () => {
    const envelope = {
      appId: party.appId,
      encType: 'SM4',
      signType: 'SM2',
      timestamp: '1700000000000',
      version: '1.0.0',
      encData: ENC_DATA,
    };
    const open = (signData: string, more = {}) =>
      openEnvelope(party, Buffer.from(JSON.stringify({ ...envelope, ...more, signData })));
    const { ecToken: _, extras: __, ...told } = DATA;
    assert.equal(JSON.stringify(open(SIGN_DATA)), JSON.stringify({ data: sorted(told) }));
    assert.deepEqual(open(SIGN_DATA, { version: '1.0.1' }), { refusal: '签名验证失败' });
    assert.deepEqual(open(''), { refusal: '签名验证失败' });
  });
});

function sorted(told: Omit<typeof DATA, 'ecToken' | 'extras'>): Record<string, unknown> {
  const { certno, fixmedinsCode, hiRxno, mdtrtId, psnCertType, psnName } = told;
  const list = [{ a: '1', b: '2' }, {}];
  return { certno, fixmedinsCode, hiRxno, list, mdtrtId, psnCertType, psnName };
}
