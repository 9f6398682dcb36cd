import t from 'tap';
import { siteKeys } from '../../src/redis/keys.js';
import type { AuditEntry } from '../../src/services/audit-words.js';
import { DAY, eventually, HOUR, MINUTE, NINE, SITE } from '../fixtures/runtime.js';
import { startStory } from '../fixtures/story.js';

const told = ({ who, says }: AuditEntry): string => `${who} ${says}`;

t.test('the log in words', async (t) => {
  const story = await startStory(t);
  const { runtime, visit, redeem } = story;
  const { audit, visits, team } = runtime.services;
  const { redis } = runtime.server;
  const made = await team.addKey({ name: 'reception', role: 'desk', site: SITE }, 'test');
  if (made.status !== 'added') throw new Error(made.status);
  const person = await team.addPerson('grace@example.com', 'admin', undefined, 'command-line');
  if (person.status !== 'added') throw new Error(person.status);
  const [key, grace] = [`key:${made.key.id}`, `person:${person.person.id}`];
  const list = async (filter = {}, page = { limit: 100 }) => (await audit.list(SITE, filter, page)).items;

  const ada = await visit({ name: 'Ada Lovelace', expectedArrival: '2026-11-23T09:30' });
  await redeem(1, ada.pin);
  runtime.time.advance(30 * MINUTE);
  await visits.checkIn(SITE, ada.id, grace);
  t.match(await redeem(1, ada.pin), { status: 'granted' });
  await eventually(async () => (await story.events('client.online')).length > 0);
  await visits.change(SITE, ada.id, { durationMinutes: 90 }, key);
  await visits.cancel(SITE, ada.id, grace);
  await eventually(async () => (await story.events('client.offline')).length > 0);

  t.test('a visit has its timeline, oldest first, also of what its devices did', async (t) => {
    const lines = (await audit.ofVisit(SITE, ada.id)).map(told);
    t.strictSame(
      lines.filter((line) => !/online|command/.test(line)),
      [
        'test registered a visit of this visitor',
        'The visitor typed the PIN of this visitor too early at gateway "demo"',
        'grace@example.com checked in this visitor',
        'The visitor typed the PIN of this visitor at gateway "demo" and was let in',
        'The key "reception" changed the visit of this visitor',
        'grace@example.com cancelled the visit of this visitor',
        'grace@example.com ended the access of a device of this visitor at gateway "demo", because the visit was cancelled',
        'Foyer took a device of this visitor offline at gateway "demo"',
      ],
    );
    t.match(lines[4], /online at gateway "demo" until Monday 23 November at 10:30/);
    t.ok(
      Math.abs(
        (await redis.pttl(siteKeys.visitEvents(SITE, ada.id))) -
          (await redis.pttl(siteKeys.visit(SITE, ada.id))),
      ) < 2000,
      'both go together',
    );
  });

  t.test('newest first, with names, and by kind, actor, visit and day', async (t) => {
    const all = await list();
    t.equal(all[0]?.at, NINE + 30 * MINUTE);
    t.ok(all.some((entry) => told(entry) === 'grace@example.com checked in Ada Lovelace'));
    t.ok(
      all.some((entry) => told(entry) === 'The command line added grace@example.com to the team as admin'),
    );
    t.strictSame(
      [...all].sort((a, b) => b.at - a.at).map(({ at }) => at),
      all.map(({ at }) => at),
    );
    t.strictSame(
      new Set((await list({ kinds: ['pin', 'visit.registered'] })).map(({ type }) => type)),
      new Set(['pin.failed', 'pin.redeemed', 'visit.registered']),
    );
    t.strictSame(
      (await list({ by: key })).map(({ type }) => type),
      ['visit.changed'],
    );
    t.strictSame(
      new Set((await list({ by: 'visitor' })).map(({ type }) => type)),
      new Set(['pin.failed', 'pin.redeemed']),
    );
    const of = await list({ visit: ada.id });
    t.equal(of.length, (await audit.ofVisit(SITE, ada.id)).length);
    t.ok(of.every(({ visits: about }) => about.includes(ada.id)));
    runtime.time.advance(DAY);
    await visit({ name: 'Next Day' });
    t.strictSame(
      (await list({ from: NINE + DAY })).map(({ says }) => says),
      ['registered a visit of Next Day'],
    );
    const day = await list({ from: NINE, until: NINE + 10 * HOUR });
    t.ok(day.length > 0 && day.every(({ at }) => at < NINE + 10 * HOUR));
    t.strictSame(await list({ from: NINE + 9 * DAY }), []);
    t.strictSame(await list({ until: NINE - DAY }), []);
  });

  t.test('pages follow each other without a gap, filtered or not', async (t) => {
    for (const filter of [{}, { kinds: ['visit'] }, { visit: ada.id }, { until: NINE + HOUR }]) {
      const whole = await list(filter, { limit: 1000 });
      const ids: string[] = [];
      let cursor: string | null = '';
      for (let i = 0; cursor !== null && i < 100; i++) {
        const page: Awaited<ReturnType<typeof audit.list>> = await audit.list(SITE, filter, {
          cursor,
          limit: 2,
        });
        ids.push(...page.items.map(({ id }) => id));
        cursor = page.next;
      }
      t.strictSame(
        ids,
        whole.map(({ id }) => id),
        JSON.stringify(filter),
      );
      const streamed: string[] = [];
      for await (const { id } of audit.all(SITE, filter)) streamed.push(id);
      t.strictSame(streamed, ids);
    }
  });

  t.test('who was erased is named nowhere, and what happened stays', async (t) => {
    const before = (await list({ visit: ada.id })).length;
    await visits.erase(SITE, ada.id, grace);
    t.equal(await redis.exists(siteKeys.visitEvents(SITE, ada.id)), 0);
    t.strictSame(await audit.ofVisit(SITE, ada.id), []);
    const after = await list({ visit: ada.id });
    t.ok(after.length >= before - 2, 'found by the log itself, but for those by grants');
    t.ok(after.some((entry) => told(entry) === 'grace@example.com checked in an erased visitor'));
    t.notMatch(JSON.stringify(await list()), /Ada|Lovelace/);
    await runtime.services.people.remove(person.person.id, 'test');
    await team.removeKey(made.key.id, 'test');
    const lines = (await list()).map(told);
    t.ok(lines.includes('A removed person checked in an erased visitor'));
    t.ok(lines.includes('A removed key changed the visit of an erased visitor'));
    t.notMatch(JSON.stringify(lines), /grace@|reception/);
  });

  t.test('a visit keeps its newest five hundred events', async (t) => {
    const { id } = await visit();
    for (let i = 0; i < 505; i++)
      await runtime.stores.events.append(SITE, 'pin.shown', { visit: id, by: 'test' }, runtime.now());
    const events = await audit.ofVisit(SITE, id);
    t.equal(events.length, 500);
    t.equal(events[0]?.type, 'pin.shown');
  });

  t.test('an event of a visit that is gone makes no record', async (t) => {
    await runtime.stores.events.append(SITE, 'pin.shown', { visit: 'vgone', by: 'test' }, runtime.now());
    t.equal(await redis.exists(siteKeys.visitEvents(SITE, 'vgone')), 0);
  });

  t.test('the first event at an instant is found, whatever the ids are', async (t) => {
    const { items } = await runtime.stores.events.list(SITE, '', 100_000);
    for (const at of new Set(items.flatMap((event) => [event.at - 1, event.at, event.at + 1])))
      t.equal(
        await runtime.stores.events.firstAt(SITE, at),
        items.find((event) => event.at >= at)?.id,
        String(at),
      );
  });
});
