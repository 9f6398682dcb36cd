import jsqr from 'jsqr';
import sharp from 'sharp';
import t from 'tap';
import { qrSvg } from '../../src/services/qr.js';
import { NINE, SITE } from '../fixtures/runtime.js';
import { iso, startStory } from '../fixtures/story.js';

type Decode = (data: Uint8ClampedArray, width: number, height: number) => { data: string } | null;
const decode = ((jsqr as { default?: unknown }).default ?? jsqr) as Decode;

/** What a camera reads from the picture. */
async function seen(image: string | Buffer): Promise<string | undefined> {
  const bytes = typeof image === 'string' ? Buffer.from(image.split(',')[1] ?? '', 'base64') : image;
  const picture = sharp(bytes, { density: 600 }).resize(400, 400, { kernel: 'nearest' }).ensureAlpha();
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  return decode(new Uint8ClampedArray(data), info.width, info.height)?.data;
}

t.test('a code is the same picture each time, and holds its text', async (t) => {
  for (const text of [
    'http://localhost:8080/claim/abcDEF_-123',
    'WIFI:S:Café \\"王\\";T:WPA;P:x\\;y12345;;',
    'x'.repeat(300),
  ]) {
    const svg = qrSvg(text);
    t.equal(svg, qrSvg(text));
    t.equal(await seen(Buffer.from(svg)), text);
    t.notMatch(svg, /script|href|style/);
  }
});

t.test('a sheet has a code for the Wi-Fi and one for the portal, and the PIN only when asked', async (t) => {
  const story = await startStory(t, { started: false });
  const { print, visits } = story.runtime.services;
  await story.set({
    'portal.ssid': 'House; guests',
    'portal.wifiPassword': 'open:sesame',
    'site.name': 'North',
  });
  const { id, pin } = await story.visit();
  const of = async (what: 'badge' | 'sheet', withPin: boolean) =>
    print.prepare(SITE, await print.byIds(SITE, [id]), { what, withPin }, 'person:p');

  const printing = await of('sheet', false);
  const [one] = printing.visits;
  t.equal(one?.pin, undefined);
  t.notOk(JSON.stringify(printing).includes(pin), 'the PIN is nowhere');
  t.equal(await seen(printing.wifi?.image ?? ''), 'WIFI:S:House\\; guests;T:WPA;P:open\\:sesame;;');
  t.equal(await seen(one?.claim?.image ?? ''), one?.claim?.url);
  const code = one?.claim?.url.split('/claim/')[1] ?? '';
  t.same(await visits.claimed(SITE, code), { visit: id, pin }, 'the link stands for the PIN');
  t.match(one?.window, { from: NINE });
  t.match(await story.events('visit.printed'), [{ fields: { visit: id, what: 'sheet', by: 'person:p' } }]);
  t.same(await story.events('pin.shown'), []);

  t.equal((await of('badge', true)).visits[0]?.pin, pin);
  t.match(await story.events('pin.shown'), [{ fields: { visit: id, by: 'person:p' } }]);
  await story.set({ 'portal.ssid': '' });
  t.equal((await of('sheet', false)).wifi, undefined);
  await visits.checkOut(SITE, id, 'test');
  t.equal((await of('sheet', true)).visits[0]?.claim, undefined, 'a PIN that is over is printed no more');
  await visits.cancel(SITE, id, 'test');
  t.same(await print.byIds(SITE, [id, id, 'nobody']), []);
});

t.test('a day is printed by name, with those who are there from before', async (t) => {
  const story = await startStory(t, { started: false });
  const day = { from: NINE - 9 * 3_600_000, until: NINE + 15 * 3_600_000 };
  await story.visit({ name: 'Zoe' });
  await story.visit({
    name: 'Anna',
    expectedArrival: iso(NINE - 86_400_000),
    until: iso(NINE + 86_400_000),
    durationMinutes: undefined,
  });
  const gone = await story.visit({ name: 'Gone' });
  await story.runtime.services.visits.cancel(SITE, gone.id, 'test');
  const names = (await story.runtime.services.print.byDay(SITE, day)).map(({ name }) => name);
  t.same(names, ['Anna', 'Zoe']);
});
