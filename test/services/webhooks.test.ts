import t from 'tap';
import { siteKeys } from '../../src/redis/keys.js';
import type { Actor } from '../../src/services/webhooks.js';
import { type Receiver, says, startReceiver } from '../fixtures/receiver.js';
import { DAY, HOUR, NINE, SITE, startRuntime } from '../fixtures/runtime.js';
import { iso } from '../fixtures/story.js';

const OWNER: Actor = { by: 'person:o', role: 'owner' };

t.test('webhooks', async (t) => {
  const runtime = await startRuntime(t);
  const { webhooks, webhookDelivery, visits } = runtime.services;
  const { redis } = runtime.server;

  const visit = async (name = 'Ada Lovelace') => {
    const made = await visits.register(
      SITE,
      { name, expectedArrival: iso(runtime.now()), durationMinutes: 60 },
      'test',
    );
    if (made.status !== 'registered') throw new Error(made.status);
    return made.visit.id;
  };
  const add = async (receiver: Receiver, more: object = {}) => {
    const made = await webhooks.add(SITE, { url: receiver.url, allowPrivate: true, ...more }, OWNER);
    if (made.status !== 'changed') throw new Error(JSON.stringify(made));
    return made;
  };
  const begin = async (t: Parameters<typeof startReceiver>[0], more: object = {}) => {
    const receiver = await startReceiver(t);
    const { webhook, secret } = await add(receiver, more);
    t.teardown(() => webhooks.remove(SITE, webhook.id, 'test'));
    const state = async () => {
      const now = await webhooks.find(SITE, webhook.id);
      if (!now) throw new Error('gone');
      return now;
    };
    return { receiver, id: webhook.id, secret, state };
  };
  const round = () => webhookDelivery.round();

  t.test('is told what happens, in order, of its topics only, and nothing from before', async (t) => {
    await visit();
    const { receiver, state } = await begin(t, { topics: ['visit.*', 'pin.shown'] });
    const id = await visit();
    await visits.checkIn(SITE, id, 'key:k');
    await runtime.stores.events.append(SITE, 'pin.shown', { visit: id, by: 'key:k' }, runtime.now());
    await runtime.services.settings.change(SITE, { 'site.name': 'House' }, undefined, 'test');
    await visits.cancel(SITE, id, 'key:k');
    await round();
    t.strictSame(receiver.types(), ['visit.registered', 'visit.checked-in', 'pin.shown', 'visit.cancelled']);
    const [, , , last] = receiver.got;
    t.match(last?.body, {
      type: 'visit.cancelled',
      at: iso(NINE),
      site: SITE,
      data: { visit: id, by: 'key:k' },
    });
    t.equal(last?.headers['webhook-id'], `${SITE}_${last?.body.id}`);
    t.equal(last?.headers['webhook-timestamp'], String(NINE / 1000));
    t.notMatch(JSON.stringify(receiver.got), /Ada|Lovelace/, 'persons are in no event');
    t.equal(
      (await state()).cursor,
      await runtime.stores.events.newestId(SITE),
      'also past what it does not want',
    );
    await round();
    t.equal(receiver.got.length, 4, 'once');
  });

  t.test('may have the visit as it is when it is sent, never its PIN', async (t) => {
    const { receiver, id } = await begin(t, { topics: ['visit.*', 'settings.changed'], include: ['visit'] });
    receiver.answer = (received, response) => response.end(received.text);
    const made = await visits.register(
      SITE,
      { name: 'Ada Lovelace', expectedArrival: iso(NINE), durationMinutes: 60 },
      'test',
    );
    if (made.status !== 'registered') throw new Error(made.status);
    await visits.checkIn(SITE, made.visit.id, 'test');
    await runtime.services.settings.change(SITE, { 'site.name': 'Other' }, undefined, 'test');
    await round();
    t.match(receiver.got[0]?.body, {
      type: 'visit.registered',
      visit: { name: 'Ada Lovelace', state: 'checked-in' },
    });
    t.equal(receiver.got[2]?.body.visit, null);
    t.notOk(receiver.got.some(({ text }) => text.includes(made.pin)));
    t.notMatch(JSON.stringify(await webhooks.deliveries(SITE, id)), /Ada/, 'an echo is not kept');
    receiver.got.length = 0;
    await visits.checkOut(SITE, made.visit.id, 'test');
    await visits.erase(SITE, made.visit.id, 'test');
    await round();
    t.strictSame(
      receiver.got.map(({ body }) => body.visit),
      [null, null],
    );
  });

  t.test('tries again later and later, keeps the order, and begins anew after a success', async (t) => {
    const { receiver, id, state } = await begin(t, { topics: ['visit.*'] });
    receiver.answer = says(500, 'out of order');
    const first = await visit();
    await visit();
    await round();
    await round();
    t.equal(receiver.got.length, 1, 'it waits, and nothing overtakes');
    t.match(await state(), { attempts: 1, failingSince: NINE, fault: 'It answered 500: out of order' });
    runtime.time.advance(5000);
    await round();
    t.equal(receiver.got.length, 2);
    const waits = ((await state()).nextAt ?? 0) - runtime.now();
    t.ok(waits >= 7500 && waits <= 10_000, `${waits}`);
    runtime.time.advance(10_000);
    receiver.answer = says(503, '', { 'retry-after': '900' });
    await round();
    t.equal(((await state()).nextAt ?? 0) - runtime.now(), 900_000, 'what it asks for');
    runtime.time.advance(900_000);
    receiver.answer = says(200);
    await round();
    t.equal(new Set(receiver.got.slice(0, 4).map(({ headers }) => headers['webhook-id'])).size, 1, 'one id');
    t.strictSame(
      receiver.got.slice(0, 4).map(({ body }) => body.data.visit),
      [first, first, first, first],
    );
    t.equal(receiver.got.length, 5);
    const whole = await state();
    t.match(whole, { attempts: 0, on: true });
    t.notOk('failingSince' in whole || 'nextAt' in whole || 'fault' in whole);
    const log = (await webhooks.deliveries(SITE, id)) ?? [];
    t.strictSame(
      log.map(({ status, ok }) => [status, ok]),
      [
        [200, true],
        [200, true],
        [503, false],
        [500, false],
        [500, false],
      ],
    );
  });

  t.test('is switched off after three days of failure, and goes on where it stood or from now', async (t) => {
    const { receiver, id, state } = await begin(t, { topics: ['visit.*'] });
    receiver.answer = says(500);
    const begun = runtime.now();
    const missed = await visit();
    for (let i = 0; i < 200 && (await state()).on; i++) {
      await round();
      if ((await state()).on && runtime.now() - begun > 2 * HOUR && i % 20 === 0)
        t.match(await webhooks.notices(SITE), [
          { webhook: id, what: 'failing', since: begun, says: 'It answered 500' },
        ]);
      runtime.time.advance(HOUR);
    }
    const off = await state();
    t.match(off, { on: false, offReason: 'failing', failingSince: begun });
    t.ok((off.offAt ?? 0) - begun >= 3 * DAY && (off.offAt ?? 0) - begun < 3 * DAY + 2 * HOUR);
    t.match(await webhooks.notices(SITE), [
      {
        webhook: id,
        name: `127.0.0.1:${receiver.port}`,
        what: 'off',
        reason: 'failing',
        since: begun,
        says: 'It answered 500',
      },
    ]);
    const last = (await runtime.stores.events.list(SITE, '', 10_000)).items
      .filter(({ type }) => type === 'webhook.disabled')
      .at(-1);
    t.match(last?.fields, { webhook: id, reason: 'failing' });
    receiver.got.length = 0;
    receiver.answer = says(204);
    await visit();
    await round();
    t.equal(receiver.got.length, 0, 'off');
    await webhooks.change(SITE, id, { enabled: true }, OWNER);
    t.strictSame(await webhooks.notices(SITE), []);
    await round();
    t.equal(receiver.got.length, 2);
    t.equal(receiver.got[0]?.body.data.visit, missed, 'where it stood');

    await webhooks.change(SITE, id, { enabled: false }, OWNER);
    t.match(await state(), { on: false, offReason: 'asked' });
    t.strictSame(await webhooks.notices(SITE), [], 'who switched it off knows');
    await visit();
    await webhooks.change(SITE, id, { enabled: true, resume: 'now' }, OWNER);
    const after = await visit();
    await round();
    t.strictSame(
      receiver.got.slice(2).map(({ body }) => body.data.visit),
      [after],
    );
  });

  t.test('is switched off at once by 410', async (t) => {
    const { receiver, id, state } = await begin(t, { topics: ['visit.registered'] });
    receiver.answer = says(410);
    await visit();
    await round();
    t.match(await state(), { on: false, offReason: 'gone', fault: 'It answered 410' });
    t.match(await webhooks.notices(SITE), [{ webhook: id, what: 'off', reason: 'gone' }]);
  });

  t.test('can be sent again what it had, from an event or an instant on', async (t) => {
    const { receiver, id, state } = await begin(t, { topics: ['visit.registered'] });
    const made: string[] = [];
    for (let i = 0; i < 4; i++) {
      made.push(await visit());
      runtime.time.advance(HOUR);
    }
    await round();
    const ids = receiver.got.map(({ body }) => body.id);
    receiver.got.length = 0;
    t.match(await webhooks.replay(SITE, id, { after: ids[1] ?? '' }, 'test'), { status: 'changed' });
    await round();
    t.strictSame(
      receiver.got.map(({ body }) => body.id),
      ids.slice(2),
    );
    receiver.got.length = 0;
    await webhooks.replay(SITE, id, { from: runtime.now() - 3 * HOUR }, 'test');
    await round();
    t.strictSame(
      receiver.got.map(({ body }) => body.data.visit),
      made.slice(1),
    );
    t.match(await webhooks.replay(SITE, id, { after: '99999999999999-0' }, 'test'), { status: 'invalid' });
    t.match(await webhooks.replay(SITE, id, { from: runtime.now() + DAY }, 'test'), { status: 'invalid' });
    receiver.got.length = 0;
    await webhooks.replay(SITE, id, { from: 0 }, 'test');
    t.ok((await state()).cursor < (ids[0] ?? ''), 'the beginning of the log');
  });

  t.test('signs with both secrets for a day after a change', async (t) => {
    const { receiver, id, secret } = await begin(t, { topics: ['visit.registered'] });
    const signatures = async () => {
      await visit();
      await round();
      return String(receiver.got.at(-1)?.headers['webhook-signature']).split(' ');
    };
    const check = async (signature: string | undefined, by: string) => {
      const { headers, text } = receiver.got.at(-1) as Receiver['got'][number];
      const algorithm = { name: 'HMAC', hash: 'SHA-256' };
      const key = await crypto.subtle.importKey('raw', Buffer.from(by.slice(6), 'base64'), algorithm, false, [
        'verify',
      ]);
      const signed = Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`);
      return crypto.subtle.verify('HMAC', key, Buffer.from((signature ?? '').slice(3), 'base64'), signed);
    };
    const before = await signatures();
    t.equal(before.length, 1);
    t.ok(await check(before[0], secret));
    const rotated = await webhooks.rotate(SITE, id, 'test');
    if (rotated.status !== 'changed') throw new Error(rotated.status);
    t.equal(rotated.webhook.formerUntil, runtime.now() + DAY);
    const both = await signatures();
    t.equal(both.length, 2);
    t.ok(await check(both[0], rotated.secret));
    t.ok(await check(both[1], secret));
    runtime.time.advance(DAY);
    const later = await signatures();
    t.equal(later.length, 1);
    t.ok(await check(later[0], rotated.secret));
    const kept = JSON.stringify(await redis.hgetall(siteKeys.webhook(SITE, id)));
    t.notOk(
      kept.includes(secret.slice(6)) || kept.includes(rotated.secret.slice(6)),
      'no secret in the clear',
    );
    t.notMatch(kept, /127\.0\.0\.1/, 'nor the address, which may hold one');
  });

  t.test('a test goes to one that is off as well, and says what it answered', async (t) => {
    const { receiver, id, state } = await begin(t);
    await webhooks.change(SITE, id, { enabled: false }, OWNER);
    const { cursor } = await state();
    t.match(await webhooks.test(SITE, id), { ok: true, status: 204, type: 'webhook.test' });
    t.match(receiver.got[0]?.body, { type: 'webhook.test', data: { webhook: id }, site: SITE });
    receiver.answer = says(302, '', { location: '/x' });
    t.match(await webhooks.test(SITE, id), { ok: false, status: 302, says: /redirects are not followed/ });
    t.equal((await state()).cursor, cursor);
    t.equal(await webhooks.test(SITE, 'vnobody'), undefined);
  });

  t.test('only an owner may send into the own network', async (t) => {
    const receiver = await startReceiver(t);
    const admin: Actor = { by: 'key:a', role: 'admin' };
    t.match(await webhooks.add(SITE, { url: receiver.url, allowPrivate: true }, admin), {
      status: 'forbidden',
    });
    t.match(await webhooks.add(SITE, { url: receiver.url }, admin), {
      status: 'invalid',
      problems: [{ field: 'url' }],
    });
    const { id } = await begin(t);
    t.match(
      await webhooks.change(SITE, id, { url: 'http://10.0.0.1/' }, admin),
      { status: 'forbidden' },
      'not aim it elsewhere',
    );
    t.match(await webhooks.change(SITE, id, { name: 'Desk' }, admin), {
      status: 'changed',
      webhook: { name: 'Desk' },
    });
    t.match(
      await webhooks.change(SITE, id, { allowPrivate: false }, admin),
      { status: 'invalid' },
      'it would lead nowhere',
    );
    const safe = { allowPrivate: false, url: 'https://example.com/' };
    t.match(await webhooks.change(SITE, id, safe, admin), { status: 'changed' });
    t.match(await webhooks.change(SITE, id, { allowPrivate: true }, admin), { status: 'forbidden' });
  });

  t.test('keeps the last fifty attempts', async (t) => {
    const { receiver, id } = await begin(t);
    for (let i = 0; i < 55; i++) await webhooks.test(SITE, id);
    t.equal((await webhooks.deliveries(SITE, id))?.length, 50);
    t.equal(receiver.got.length, 55);
    t.ok((await redis.pttl(siteKeys.deliveries(SITE, id))) > 0);
    await webhooks.remove(SITE, id, 'test');
    t.equal(await redis.exists(siteKeys.deliveries(SITE, id), siteKeys.webhook(SITE, id)), 0);
    t.equal(await webhooks.deliveries(SITE, id), undefined);
  });
});
