import fc from 'fast-check';
import t from 'tap';
import type { SiteId } from '../../src/domain/id.js';
import { createSealing, type DigestPurpose, type SealPurpose } from '../../src/domain/sealing.js';
import { holds } from './property.js';

const SECRET = 'a secret of at least thirty-two bytes';
const [MAIN, NORTH] = ['main', 'north'] as [SiteId, SiteId];
const sealing = createSealing(SECRET);
const another = createSealing(`${SECRET}!`);
const SEALS: SealPurpose[] = ['pin', 'redirect', 'status', 'gateway'];
const DIGESTS: DigestPurpose[] = ['mail', 'claim', 'api-key', 'setup', 'check'];

t.test(
  'what was sealed is read by the same purpose, binding and secret, also by another process',
  async (t) => {
    const process = createSealing(SECRET);
    holds(
      t,
      'any text, any binding',
      fc.property(
        fc.constantFrom(...SEALS),
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        (purpose, binding, text) =>
          process.unseal(purpose, binding, sealing.seal(purpose, binding, text)) === text,
      ),
    );
    t.match(
      sealing.seal('pin', 'visit', '12345'),
      /^[A-Za-z0-9_-]+$/,
      'it may stand in a link and in a form',
    );
  },
);

t.test('a seal of another purpose, binding or secret is not read', async (t) => {
  const sealed = sealing.seal('pin', 'visit-1', '12345');
  t.equal(sealing.unseal('pin', 'visit-1', sealed), '12345');
  for (const purpose of SEALS.filter((one) => one !== 'pin'))
    t.equal(sealing.unseal(purpose, 'visit-1', sealed), undefined, purpose);
  for (const binding of ['', 'visit-2', 'visit-1 ', 'Visit-1'])
    t.equal(sealing.unseal('pin', binding, sealed), undefined, JSON.stringify(binding));
  t.equal(another.unseal('pin', 'visit-1', sealed), undefined, 'another secret');
});

t.test('a seal that was altered in any bit, cut, or never was one is not read', async (t) => {
  const sealed = Buffer.from(sealing.seal('redirect', 'demo', 'https://example.com/'), 'base64url');
  const altered: number[] = [];
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const copy = Buffer.from(sealed);
    copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    if (sealing.unseal('redirect', 'demo', copy.toString('base64url')) !== undefined) altered.push(bit);
  }
  t.strictSame(altered, []);
  const cut: number[] = [];
  for (let length = 0; length < sealed.length; length++) {
    const text = sealed.subarray(0, length).toString('base64url');
    if (sealing.unseal('redirect', 'demo', text) !== undefined) cut.push(length);
  }
  t.strictSame(cut, []);
  for (const text of ['', 'x', '....', 'ÄÖÜ', 'A'.repeat(38), 'A'.repeat(10_000)])
    t.equal(sealing.unseal('redirect', 'demo', text), undefined, text.slice(0, 40));
});

t.test('the same text is sealed differently each time, and does not show through', async (t) => {
  const sealed = Array.from({ length: 100 }, () => sealing.seal('pin', 'visit', '12345'));
  t.equal(new Set(sealed.map((text) => text.slice(0, 16))).size, 100, 'no nonce comes twice');
  t.equal(new Set(sealed.map((text) => text.slice(16))).size, 100);
  const bytes = sealed.map((text) => Buffer.from(text, 'base64url').toString('latin1'));
  t.notOk(bytes.some((text) => text.includes('12345')));
});

t.test('a PIN has one digest per site and secret, as long as its type says', async (t) => {
  const digest = sealing.pinDigest(MAIN, '12345');
  t.match(digest, /^[A-Za-z0-9_-]{43}$/);
  t.equal(createSealing(SECRET).pinDigest(MAIN, '12345'), digest);
  const others = [
    sealing.pinDigest(NORTH, '12345'),
    sealing.pinDigest(MAIN, '12346'),
    sealing.pinDigest(MAIN, '012345'),
    another.pinDigest(MAIN, '12345'),
  ];
  t.equal(new Set([digest, ...others]).size, 5);
});

t.test('a text has another digest for every purpose; only an address is folded first', async (t) => {
  const digests = DIGESTS.map((purpose) => sealing.digest(purpose, 'olga@example.com'));
  t.equal(new Set(digests).size, DIGESTS.length);
  for (const digest of digests) t.match(digest, /^[A-Za-z0-9_-]{43}$/);
  t.equal(sealing.digest('mail', ' Olga@EXAMPLE.com '), digests[0]);
  for (const purpose of DIGESTS.filter((one) => one !== 'mail')) {
    t.not(sealing.digest(purpose, 'Code'), sealing.digest(purpose, 'code'), `${purpose} keeps case`);
    t.not(sealing.digest(purpose, 'code '), sealing.digest(purpose, 'code'), `${purpose} keeps spaces`);
  }
  t.not(another.digest('mail', 'olga@example.com'), digests[0], 'another secret');
});
