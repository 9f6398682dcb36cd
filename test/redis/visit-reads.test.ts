import t from 'tap';
import { siteKeys } from '../../src/redis/keys.js';
import { HOUR, NINE, SITE } from '../fixtures/runtime.js';
import { iso, startStory } from '../fixtures/story.js';

const MANY = 1000;

t.test('visits are outlined with what was written, in a fraction of the exchanges', async (t) => {
  const story = await startStory(t, { started: false });
  const { redis } = story.runtime.server;
  const { visitReads } = story.runtime.stores;
  const { visits } = story.runtime.services;
  const odd = await story.visit({
    name: "Zoë “O'Neil” ; | %s \u{1f600} \\t\\n",
    email: 'zoe@example.com',
    host: 'Günther, Ops',
    until: iso(NINE + 3 * HOUR),
    durationMinutes: undefined,
  });
  const plain = await story.visit({ name: 'B' });
  await visits.checkIn(SITE, odd.id, 'test');
  await visits.cancel(SITE, plain.id, 'test');

  const ids = [odd.id, 'nobody', plain.id];
  const full = await visitReads.findMany(SITE, ids);
  const names = await visitReads.outlines(SITE, ids, 'names');
  const times = await visitReads.outlines(SITE, ids, 'times');
  t.equal(full.length, 2);
  for (const [i, { id, name, email, host, terms, hasToken, checkedInAt, cancelledAt }] of full.entries()) {
    t.match(names[i], { id, name, terms, hasToken });
    t.same([names[i]?.email, names[i]?.host], [email, host]);
    t.match(times[i], { id, name: '', terms, hasToken });
    t.same([times[i]?.checkedInAt, times[i]?.cancelledAt], [checkedInAt, cancelledAt]);
    t.same(times[i]?.terms, terms, 'no field is there that was not written');
  }
  t.same(await visitReads.outlines(SITE, [], 'times'), []);

  const step = redis.pipeline();
  const record = await redis.hgetall(siteKeys.visit(SITE, plain.id));
  const copies = Array.from({ length: MANY }, (_, i) => `copy${i}`);
  for (const id of copies) step.hset(siteKeys.visit(SITE, id), { ...record, id });
  await step.exec();
  await redis.config('RESETSTAT');
  const read = await visitReads.outlines(SITE, copies, 'times');
  t.same(
    read.map(({ id }) => id),
    copies,
    'all of them, in their order',
  );
  const calls = Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1]);
  t.ok(calls >= 5 && calls <= 10, `${calls} steps: no single one is long, and they are few`);
});
