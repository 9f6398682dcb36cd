import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { LOGO_BYTES_MOST } from '../../../src/domain/settings.js';
import { deviceLimitPage } from '../../../src/http/guest/pin-pages.js';
import { LANGUAGES } from '../../../src/http/guest/texts/catalogue.js';
import { listen, raw, startGuest } from '../../fixtures/guest.js';
import { BRAND, lookIn, pagesOf, startRenderer } from '../../fixtures/guest-pages.js';
import { SITE } from '../../fixtures/runtime.js';

/** Ten packets of 1,460 bytes: what a server sends before it waits for the first answer (RFC 6928). */
const FIRST_FLIGHT = 14_600;

/** As large as an operator can make it. */
const LARGEST = {
  ...BRAND,
  'site.name': 'Ä'.repeat(60),
  'portal.welcome': randomBytes(225).toString('base64'),
  'portal.deskHint': randomBytes(150).toString('base64'),
  'portal.logo': `data:image/png;base64,${randomBytes(LOGO_BYTES_MOST).toString('base64')}`,
};
const TERMS = { ...LARGEST, 'portal.terms': randomBytes(9000).toString('base64').slice(0, 12_000) };

t.test('a page comes in one answer of at most 14,600 bytes, compressed where the browser can', async (t) => {
  const guest = await startGuest(t);
  const { pin } = await guest.visit();
  await guest.runtime.services.settings.change(
    SITE,
    Object.fromEntries(Object.entries(LARGEST).filter(([name]) => name !== 'portal.logo')),
    undefined,
    'test',
  );
  const port = await listen(guest.app);
  const get = (path: string, more = '') =>
    raw(port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${more}\r\n`);
  const path = '/enter/demo?mac=02:00:00:00:10:77';
  const small = await get(path, 'Accept-Encoding: gzip, deflate, br\r\n');
  t.match(small, /^HTTP\/1\.1 200 OK\r\n/);
  t.match(small, /\r\ncontent-encoding: gzip\r\n/i);
  t.match(small, /\r\nvary: accept-encoding\r\n/i);
  t.notMatch(small, /<script|<link/);
  t.ok(small.length < FIRST_FLIGHT);
  const plain = await get(path);
  t.notMatch(plain, /content-encoding/i, 'a sheet that cannot is given it as it is');
  t.match(plain, 'data-state="pin"');
  t.notMatch(plain, pin);

  // Everything but the body, which the other pages have in common.
  const headers = Buffer.byteLength(plain.split('\r\n\r\n')[0] ?? '', 'latin1') + 40;
  const render = await startRenderer(t);
  let largest = { size: 0, name: '' };
  for (const { lang } of LANGUAGES) {
    const look = lookIn(lang, LARGEST);
    const hundred = Array.from({ length: 100 }, (_, n) => ({
      slot: randomBytes(12).toString('base64url'),
      tail: randomBytes(2).toString('hex'),
      since: `9:${n}`,
    }));
    const form = {
      state: randomBytes(300).toString('base64url'),
      again: randomBytes(300).toString('base64url'),
    };
    const pages = { ...pagesOf(look), 'a hundred devices': deviceLimitPage(look, form, hundred) };
    const terms = pagesOf(lookIn(lang, TERMS)).terms;
    for (const [name, page] of Object.entries({ ...pages, ...(terms ? { terms } : {}) })) {
      const size = headers + gzipSync(await render(page)).length;
      if (size > largest.size) largest = { size, name: `${lang} ${name}` };
      if (size > FIRST_FLIGHT) t.fail(`${lang} ${name}: ${size} bytes`);
    }
  }
  t.comment(`largest page: ${largest.name}, ${largest.size} bytes`);
  t.ok(largest.size <= FIRST_FLIGHT);
});
