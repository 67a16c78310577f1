import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { assertKnownAnswers, createSm2Signer, createSm2Verifier, sm3 } from '@yiqiao/signer';
import { assertKnownAnswers as check } from '#internal/known-answers.ts';

const right = { sm3, createSm2Signer, createSm2Verifier };

describe('The start-up check', () => {
  it('passes on this machine', () => {
    assertKnownAnswers();
  });

  const broken = {
    'another digest': { sm3: (content: Uint8Array | string) => hash('sha256', content, 'buffer') },
    'a verifier that refuses everything': { createSm2Verifier: () => ({ verify: () => false }) },
    'a verifier that accepts everything': { createSm2Verifier: () => ({ verify: () => true }) },
    'a signer with another identity': {
      createSm2Signer: (key: Parameters<typeof createSm2Signer>[0]) =>
        createSm2Signer(key, { userId: 'other' }),
    },
    'a signer that gives something else': { createSm2Signer: () => ({ sign: () => Buffer.alloc(64, 1) }) },
  };
  for (const [title, part] of Object.entries(broken)) {
    it(`stops the program for ${title}`, () => {
      assert.throws(() => check({ ...right, ...part }), { code: 'ERR_ASSERTION' });
    });
  }
});
