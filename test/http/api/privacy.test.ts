import t from 'tap';
import type { Holder } from '../../../src/services/privacy.js';
import { startApi } from '../../fixtures/api.js';
import { DEMO, eventually, SITE } from '../../fixtures/runtime.js';
import { keysHolding, spellings } from '../../fixtures/scan.js';
import { actions, boxes, mac } from '../../fixtures/story.js';

const EMAIL = 'ada.l@counting-house.example';

interface Found {
  visits: { id: string; foundBy: string[]; grants: { mac: string }[]; events: { type: string }[] }[];
  hosting: { id: string }[];
  blocks: { value: string }[];
  sessions: { mac: string }[];
  seenAt: { address: string; mac: string }[];
  held: Record<string, object[]>;
}

t.test('what is held about a person', async (t) => {
  const { of, kinds } = boxes();
  const api = await startApi(t, { started: true, kinds });
  const { runtime } = api;
  const { redis } = runtime.server;
  const box = of(DEMO);
  const { visit, redeem, client, events, access } = actions(runtime);
  const admin = await api.as('admin');
  const { privacy, blocks, identity } = runtime.services;
  await eventually(() => runtime.worker?.holds(DEMO));
  const search = async (query: object) =>
    (await admin.post('/privacy/search', query)).body as unknown as Found;
  const ids = (found: Found): string[] => found.visits.map(({ id }) => id);

  const letters = [EMAIL, 'bob@example.com'];
  const mails: Holder = {
    name: 'mails',
    find: async (_, { query }) => letters.filter((one) => one === query.email).map((to) => ({ to })),
    erase: async (_, { query }) => {
      const at = letters.indexOf(query.email ?? '');
      return at < 0 ? 0 : letters.splice(at, 1).length;
    },
  };
  runtime.services.holders.push(mails);

  const first = await visit({ name: 'Ada Lovelace', email: EMAIL });
  const second = await visit({ name: 'A. Lovelace', email: EMAIL.toUpperCase() });
  const namesake = await visit({ name: 'Lovelace, Ada', email: 'other@example.com' });
  await visit({ name: 'Bob', email: 'bob@example.com' });
  await redeem(1, first.pin);
  await redeem(2, second.pin);
  await redeem(3, namesake.pin);
  await redeem(4, '0000000000');
  for (const n of [1, 2, 3]) await identity.noteRedirect(client(n), `10.0.0.${n}`);
  await runtime.stores.sessions.put(SITE, DEMO, {
    mac: mac(2),
    id: 's',
    nas: '10.0.0.254',
    seenAt: runtime.now(),
  });
  await blocks.add(SITE, { kind: 'email', value: EMAIL }, 'test');
  await blocks.add(SITE, { kind: 'email', value: '@counting-house.example' }, 'test');
  await eventually(() => box.sessions.size === 3);

  await t.test('is found by address, by name and by device, and says by which', async (t) => {
    const byMail = await search({ email: EMAIL });
    t.same(ids(byMail).sort(), [first.id, second.id].sort());
    t.ok(byMail.visits.every(({ foundBy }) => foundBy.join() === 'email'));
    t.same(
      byMail.blocks.map(({ value }) => value),
      [EMAIL],
      'a domain is nobody alone',
    );
    t.match(byMail.sessions, [{ mac: mac(2), gateway: DEMO }]);
    t.same(byMail.seenAt.map(({ address }) => address).sort(), ['10.0.0.1', '10.0.0.2']);
    t.same(byMail.held, { mails: [{ to: EMAIL }], 'walk-ins': [], 'host-logins': [] });
    const own = byMail.visits.find(({ id }) => id === first.id);
    t.match(own?.grants, [{ mac: mac(1), gateway: DEMO }]);
    t.same(own?.events.map(({ type }) => type).slice(0, 2), ['visit.registered', 'pin.redeemed']);

    t.same(ids(await search({ name: 'lovelace ADA' })).sort(), [first.id, namesake.id].sort());
    t.same(ids(await search({ mac: '0200.0000.0002' })), [second.id]);
    const both = await search({ name: 'Ada Lovelace', email: EMAIL });
    t.equal(both.visits.length, 3);
    t.same(both.visits.find(({ id }) => id === first.id)?.foundBy, ['name', 'email']);
    t.same(ids(await search({ name: 'Nobody' })), []);
    t.equal((await admin.post('/privacy/search', {})).status, 422);
    t.equal((await admin.post('/privacy/search', { mac: 'x' })).status, 422);
    t.equal((await admin.post('/privacy/search', { name: 'x'.repeat(300) })).status, 400);
  });

  await t.test('is exported without any PIN, and the log says so by counts', async (t) => {
    const answer = await admin.post('/privacy/export', { email: EMAIL });
    t.equal(answer.status, 200);
    t.match(answer.body, { site: SITE, query: { email: EMAIL, name: null, mac: null } });
    for (const { pin } of [first, second]) t.notOk(answer.text.includes(pin));
    const [logged] = await events('person.exported');
    t.same(logged?.fields, { visits: '2', by: `key:${admin.id}` });
  });

  await t.test('only the visits that were chosen go, and a device of another stays', async (t) => {
    await redeem(2, first.pin);
    const answer = await admin.post('/privacy/erase', {
      email: EMAIL,
      visits: [first.id],
      keepBlocks: true,
    });
    t.match(answer.body, { visits: 1, blocks: 0, held: { mails: 0 }, waiting: 0 });
    t.same(ids(await search({ email: EMAIL })), [second.id]);
    t.notOk(box.sessions.has(mac(1)));
    t.ok(await access(2), 'its other visit still lets it in');
    t.same(await keysHolding(redis, ...spellings(mac(1))), []);
  });

  await t.test('who is a host of others is forgotten there, and their visits stay', async (t) => {
    const guest = await visit({ name: 'Carl', host: 'Grace Murray', hostEmail: 'grace@host.example' });
    const over = await visit({ name: 'Dora', host: 'grace@host.example' });
    await runtime.services.visits.cancel(SITE, over.id, 'test');
    const found = await search({ email: 'GRACE@host.example' });
    t.same(found.visits, []);
    t.same(found.hosting.map(({ id }) => id).sort(), [guest.id, over.id].sort());
    t.notOk(JSON.stringify(found).includes('Carl'), 'of the visitor nothing is said');
    t.match(await admin.post('/privacy/erase', { email: 'grace@host.example' }), {
      body: { visits: 0, hosting: 2 },
    });
    t.same(await keysHolding(redis, 'grace', 'murray', 'host.example'), []);
    const kept = await runtime.services.visits.find(SITE, guest.id);
    t.match(kept, { name: 'Carl' });
    t.equal(kept?.host, undefined);
    const again = await runtime.services.visits.list(SITE, { words: ['carl'], limit: 5 });
    t.equal(again.items.length, 1, 'it is found by its own name');
  });

  await t.test('is erased everywhere at once', async (t) => {
    const answer = await admin.post('/privacy/erase', { email: EMAIL });
    t.match(answer.body, { visits: 1, blocks: 1, held: { mails: 1 }, waiting: 0 });
    t.notOk(box.sessions.has(mac(2)), 'the device is offline');
    const left = await keysHolding(redis, 'ada.l@', ...spellings(mac(1)), ...spellings(mac(2)));
    t.same(left, []);
    t.match(letters, ['bob@example.com']);
    t.same(ids(await search({ name: 'Ada Lovelace' })), [namesake.id], 'a namesake is another person');
    t.ok(box.sessions.has(mac(3)));
    t.same((await events('person.erased')).at(-1)?.fields, {
      visits: '1',
      blocks: '1',
      by: `key:${admin.id}`,
    });
    const log = JSON.stringify(await runtime.stores.events.list(SITE, '', 100_000));
    for (const text of ['ovelace', 'ada.l', mac(1)]) t.notOk(log.includes(text), text);
    t.match(
      await admin.post('/privacy/erase', { email: EMAIL }),
      { body: { visits: 0 } },
      'again is no error',
    );
  });

  await t.test('while its gateway cannot be told, a device is named until its time is over', async (t) => {
    const { id, pin } = await visit({ name: 'Grace Hopper' });
    await redeem(5, pin);
    await eventually(() => box.sessions.has(mac(5)));
    box.fault = 'login-refused';
    const erased = await privacy.erase(SITE, { name: 'Grace Hopper' }, {}, 'test');
    t.match(erased, { visits: 1, waiting: 1 });
    t.same(await keysHolding(redis, 'hopper'), [], 'the name is gone all the same');
    await runtime.services.retention.sweep(SITE);
    t.ok(await access(5), 'it is needed to send the device off');
    runtime.time.advance(2 * 3_600_000);
    await runtime.services.retention.sweep(SITE);
    t.same(await keysHolding(redis, ...spellings(mac(5))), []);
    t.ok(id);
  });

  await t.test('terms that were shown can be read', async (t) => {
    await runtime.services.settings.change(SITE, { 'portal.terms': 'Be kind.' }, undefined, 'test');
    t.match((await admin.get('/terms')).body.items, [{ version: 1, text: 'Be kind.', current: true }]);
  });
});
