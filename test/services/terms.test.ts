import t from 'tap';
import { siteKeys } from '../../src/redis/keys.js';
import { DEMO, HOUR, MINUTE, NINE, SITE } from '../fixtures/runtime.js';
import { startStory } from '../fixtures/story.js';

const FIRST = 'Be kind.\n\nWe keep your name for 30 days.';
const SECOND = 'Be kinder.';

t.test('every text of the terms gets a number in the step that saves it, and stays', async (t) => {
  const { runtime, set } = await startStory(t, { started: false });
  const { terms, settings } = runtime.services;
  t.equal(await terms.current(SITE), undefined);
  await set({ 'portal.terms': FIRST });
  t.same(await terms.current(SITE), { version: 1, text: FIRST });
  t.equal((await settings.read(SITE)).terms, 1);
  await set({ 'site.name': 'Harbour House' });
  t.match(await terms.current(SITE), { version: 1 }, 'other settings give no new number');
  runtime.time.advance(HOUR);
  await set({ 'portal.terms': SECOND });
  t.match(await terms.current(SITE), { version: 2, text: SECOND });
  await set({ 'portal.terms': ' \n ' });
  t.equal(await terms.current(SITE), undefined, 'nothing to be seen is no terms');
  await set({ 'portal.terms': SECOND });
  t.match(await terms.current(SITE), { version: 2 }, 'the same text again is the same version');
  await set({ 'portal.terms': FIRST });
  t.match(await terms.current(SITE), { version: 3, text: FIRST });
  const all = await terms.list(SITE);
  t.same(
    all.map(({ version, text, since }) => [version, text, since]),
    [
      [3, FIRST, NINE + HOUR],
      [2, SECOND, NINE + HOUR],
      [1, FIRST, NINE],
    ],
  );
  t.equal(all[0]?.digest, all[2]?.digest);
  t.not(all[0]?.digest, all[1]?.digest);
  t.match(await terms.find(SITE, 2), { text: SECOND });
  t.equal(await terms.find(SITE, 9), undefined);
});

t.test('two who save at once make two versions, and none is lost', async (t) => {
  const { runtime, set } = await startStory(t, { started: false });
  await Promise.all([set({ 'portal.terms': FIRST }), set({ 'portal.terms': SECOND })]);
  const all = await runtime.services.terms.list(SITE);
  t.same(all.map(({ text }) => text).sort(), [FIRST, SECOND].sort());
  t.equal((await runtime.services.terms.current(SITE))?.text, all[0]?.text);
});

t.test('terms from before there were numbers get one when the portal starts', async (t) => {
  const { runtime, set } = await startStory(t, { started: false });
  await set({ 'portal.terms': FIRST });
  const { redis } = runtime.server;
  await redis.hdel(siteKeys.settings(SITE), 'terms');
  await redis.del(siteKeys.terms(SITE));
  await runtime.another({ started: true });
  t.equal((await runtime.services.settings.read(SITE)).terms, 1);
  t.match(await runtime.services.terms.find(SITE, 1), { text: FIRST });
});

t.test('a redeem records what the page showed, once for each visit and version', async (t) => {
  const story = await startStory(t, { started: false });
  const { runtime, visit, redeem, set, events } = story;
  const { visits } = runtime.services;
  await set({ 'portal.terms': FIRST });
  const { id, pin } = await visit();
  t.equal((await redeem(1, '0000000000', { terms: 1 })).status, 'refused');
  t.equal((await visits.find(SITE, id))?.termsVersion, undefined, 'a wrong PIN accepts nothing');
  await redeem(1, pin, { terms: 1 });
  t.match(await visits.find(SITE, id), { termsVersion: 1, termsAcceptedAt: NINE });
  runtime.time.advance(MINUTE);
  await set({ 'portal.terms': SECOND });
  await redeem(2, pin, { terms: 1 });
  t.match(await visits.find(SITE, id), { termsVersion: 1, termsAcceptedAt: NINE }, 'told once');
  await redeem(2, pin, { terms: 2 });
  t.match(await visits.find(SITE, id), { termsVersion: 2, termsAcceptedAt: NINE + MINUTE });
  await redeem(1, pin, { terms: 1 });
  await redeem(1, pin);
  t.match(await visits.find(SITE, id), { termsVersion: 2 }, 'an older page takes nothing back');
  t.same(
    (await events('terms.accepted')).map(({ fields }) => fields),
    ['1', '2'].map((version) => ({ visit: id, version, gateway: DEMO, by: '' })),
  );
  await visits.change(SITE, id, { durationMinutes: 90 }, 'test');
  t.match(await visits.find(SITE, id), { termsVersion: 2 }, 'a change of the visit keeps it');
});

t.test('the desk or a tablet records it without a PIN', async (t) => {
  const { runtime, visit, set, events } = await startStory(t, { started: false });
  const { terms, visits } = runtime.services;
  await set({ 'portal.terms': FIRST });
  const { id } = await visit();
  t.equal(await terms.accept(SITE, id, 2, 'kiosk'), false, 'there is no such text');
  t.equal(await terms.accept(SITE, 'nobody', 1, 'kiosk'), false);
  t.equal(await runtime.server.redis.exists(siteKeys.visit(SITE, 'nobody')), 0);
  t.equal(await terms.accept(SITE, id, 1, 'kiosk'), true);
  t.equal(await terms.accept(SITE, id, 1, 'kiosk'), true, 'again is no error');
  t.match(await visits.find(SITE, id), { termsVersion: 1, termsAcceptedAt: NINE });
  t.same(
    (await events('terms.accepted')).map(({ fields }) => fields),
    [{ visit: id, version: '1', gateway: '', by: 'kiosk' }],
  );
});
