import t from 'tap';
import { createImportDraftStore } from '../../src/redis/import-drafts.js';
import { createImportDrafts } from '../../src/services/import-drafts.js';
import { MINUTE, SITE, startRuntime } from '../fixtures/runtime.js';

const runtime = await startRuntime(t);
const { redis } = runtime.server;
const { importDrafts: drafts } = runtime.services;
const files = async () => (await redis.keys('*:import:*')).length;
const clear = async () => redis.flushall();

t.beforeEach(clear);

t.test('one keeps three files at a time, and the oldest makes room', async (t) => {
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) {
    ids.push(await drafts.keep(SITE, `file ${i}`, 'person:ann'));
    runtime.time.advance(1000);
  }
  const found = await Promise.all(ids.map((id) => drafts.find(SITE, id, 'person:ann')));
  t.same(found, [undefined, undefined, 'file 2', 'file 3', 'file 4']);
  await drafts.remove(SITE, ids[4] ?? '');
  await drafts.keep(SITE, 'file 5', 'person:ann');
  t.equal(await drafts.find(SITE, ids[2] ?? '', 'person:ann'), 'file 2', 'what is imported makes room too');
  t.equal(await files(), 3);
});

t.test('what one sends takes nothing from another, until the site has fifteen', async (t) => {
  const bob = await drafts.keep(SITE, 'of Bob', 'person:bob');
  for (let i = 0; i < 6; i++) await drafts.keep(SITE, 'of Ann', 'person:ann');
  t.equal(await drafts.find(SITE, bob, 'person:bob'), 'of Bob');
  runtime.time.advance(1000);
  for (let i = 0; i < 30; i++) await drafts.keep(SITE, 'of many', `person:p${i}`);
  t.equal(await files(), 15);
  t.equal(await redis.zcard(`foyer:{${SITE}}:imports`), 15);
  t.equal(await drafts.find(SITE, bob, 'person:bob'), undefined);
});

t.test('any number at once stay within it, and the list ends with the files', async (t) => {
  const ids = await Promise.all(Array.from({ length: 20 }, () => drafts.keep(SITE, 'same', 'person:ann')));
  t.equal(await files(), 3);
  const there = await Promise.all(ids.map((id) => drafts.find(SITE, id, 'person:ann')));
  t.equal(there.filter((file) => file !== undefined).length, 3);
  const left = await redis.pttl(`foyer:{${SITE}}:imports`);
  t.ok(left > 29 * MINUTE && left <= 30 * MINUTE);
});

t.test('the one that was sent last is there, whatever the clock says', async (t) => {
  let at = 1000;
  const late = createImportDrafts({
    store: createImportDraftStore(redis),
    sealing: runtime.sealing,
    now: () => at--,
  });
  let id = '';
  for (let i = 0; i < 5; i++) id = await late.keep(SITE, `file ${i}`, 'person:ann');
  t.equal(await late.find(SITE, id, 'person:ann'), 'file 4');
});
