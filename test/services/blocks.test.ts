import t from 'tap';
import { siteKeys } from '../../src/redis/keys.js';
import { DAY, DEMO, eventually, HOUR, MINUTE, NINE, SITE } from '../fixtures/runtime.js';
import { iso, mac, startStory } from '../fixtures/story.js';

t.test('the block list', async (t) => {
  const story = await startStory(t);
  const { runtime, box, visit, redeem, live, events, access } = story;
  const { blocks, visits } = runtime.services;
  const { redis } = runtime.server;
  const add = async (input: Record<string, unknown>, cancel = false) => {
    const added = await blocks.add(SITE, input, 'test', cancel);
    if (added.status !== 'added') throw new Error(JSON.stringify(added.problems));
    return added;
  };
  const clear = async () => {
    for (const { id } of await blocks.list(SITE)) await blocks.remove(SITE, id, 'test');
  };
  const count = async (type: string) => (await events(type)).length;
  const register = (input: Record<string, unknown>) =>
    visits.register(SITE, { name: 'Ada', expectedArrival: iso(NINE), ...input }, 'test');

  await t.test('whom it names is not registered, and the team is told by which field and why', async (t) => {
    await add({ kind: 'name', value: 'Ada Lovelace', note: 'took a chair' });
    await add({ kind: 'email', value: 'Bob@Example.com' });
    await add({ kind: 'email', value: '@spam.example' });
    const table: [Record<string, unknown>, string, string][] = [
      [{ name: 'LOVELACE, Adá' }, 'name', 'LOVELACE, Adá is on the block list (took a chair). Ask an admin.'],
      [{ email: 'bob@example.COM' }, 'email', 'bob@example.COM is on the block list. Ask an admin.'],
      [{ email: 'x@spam.example' }, 'email', 'x@spam.example is on the block list. Ask an admin.'],
    ];
    for (const [input, field, message] of table) {
      t.same(await register(input), { status: 'invalid', problems: [{ field, message, blocked: true }] });
    }
    for (const input of [{ name: 'Ada Love' }, { email: 'bob@example.co' }, { email: 'x@nospam.example' }])
      t.match(await register(input), { status: 'registered' }, JSON.stringify(input));
    await clear();
    t.match(await register({ name: 'Ada Lovelace' }), { status: 'registered' }, 'off the list again');
  });

  await t.test('a visit that is there may be moved; only a new name or address is looked up', async (t) => {
    const { id } = await visit({ name: 'Carl Gauss' });
    const added = await add({ kind: 'name', value: 'Gauss' });
    t.same(
      added.matching.map((one) => one.id),
      [id],
    );
    t.equal(added.cancelled, 0);
    const change = (input: object) => visits.change(SITE, id, input, 'test');
    t.match(await change({ durationMinutes: 30, name: 'Carl Gauss' }), { status: 'changed' });
    t.match(await change({ name: 'Carl Friedrich Gauss' }), { problems: [{ field: 'name' }] });
    t.match(await change({ name: 'Carl Friedrich' }), { status: 'changed' });
    await clear();
  });

  await t.test(
    'adding a name or an address cancels what it means, when asked, and nothing else',
    async (t) => {
      const [one, two, over, other] = [
        await visit({ name: 'Eve Black', email: 'eve@evil.example' }),
        await visit({ name: 'Eve', email: 'EVE@EVIL.EXAMPLE', expectedArrival: iso(NINE + DAY) }),
        await visit({ name: 'Eve', email: 'eve@evil.example', expectedArrival: iso(NINE - 2 * DAY) }),
        await visit({ name: 'Eve', email: 'eve@good.example' }),
      ];
      await redeem(20, one.pin);
      const added = await add({ kind: 'email', value: '@evil.example' }, true);
      t.same(
        added.matching.map(({ id }) => id),
        [one.id, two.id],
      );
      t.equal(added.cancelled, 2);
      t.ok(added.matching.every(({ cancelledAt }) => cancelledAt === NINE));
      t.same(await live(one.id), []);
      for (const { id } of [over, other]) t.equal((await visits.find(SITE, id))?.cancelledAt, undefined);
      await clear();
    },
  );

  await t.test('a device on the list goes off at once, and stays off', async (t) => {
    const { id, pin } = await visit({ maxDevices: 3 });
    t.match(await redeem(1, pin), { status: 'granted' });
    t.match(await redeem(2, pin), { status: 'granted' });
    await eventually(() => box.sessions.has(mac(1)));
    const level = () => redis.hget(siteKeys.attempts(SITE), 'level');
    const before = await level();
    const added = await add({ kind: 'mac', value: '02-00-00-00-00-01' });
    t.equal(added.cut, 1);
    await eventually(() => !box.sessions.has(mac(1)));
    t.same(
      (await live(id)).map((grant) => grant.mac),
      [mac(2)],
    );
    t.match((await events('grant.revoked')).at(-1)?.fields, { reason: 'blocked', visit: id, by: 'test' });

    t.same(await redeem(1, pin), { status: 'refused' }, 'as if the PIN were wrong');
    t.equal(await level(), before, 'nothing is charged');
    t.same(
      (await events('client.blocked')).map(({ fields }) => fields),
      [{ gateway: DEMO }],
    );
    await redeem(1, pin);
    t.equal(await count('client.blocked'), 1, 'the same again is not told again');
    t.equal(await story.letIn(1), undefined);
    t.match(await visits.admitDevice(SITE, id, DEMO, mac(1), 'test'), { status: 'blocked' });
    for (let i = 0; i < 4; i++) await redeem(1, `123456${i}`);
    t.match(await redeem(1, '999999'), { status: 'throttled' }, 'courtesy holds for it too');
    t.match(await redeem(3, pin), { status: 'granted' }, 'others are let in');

    await clear();
    runtime.time.advance(20 * MINUTE);
    await redis.del(siteKeys.attemptsClient(SITE, DEMO, mac(1)));
    t.match(await redeem(1, pin), { status: 'granted' }, 'off the list it is let in again');
  });

  await t.test('what ended by itself does not come back with a longer visit', async (t) => {
    const { id, pin } = await visit({ durationMinutes: 30, expectedArrival: iso(runtime.now()) });
    await redeem(4, pin);
    await redeem(5, pin);
    runtime.time.advance(HOUR);
    await add({ kind: 'mac', value: mac(4) });
    await visits.change(SITE, id, { durationMinutes: 180 }, 'test');
    t.same(
      (await live(id)).map((grant) => grant.mac),
      [mac(5)],
    );
    await clear();
  });

  await t.test('a line ends when it said it would', async (t) => {
    const at = runtime.now();
    await add({ kind: 'mac', value: mac(6), until: iso(at + HOUR) });
    await add({ kind: 'name', value: 'Grace Hopper', until: iso(at + HOUR) });
    const { pin } = await visit({ expectedArrival: iso(at), durationMinutes: 300 });
    t.match(await redeem(6, pin), { status: 'refused' });
    t.match(await register({ name: 'Grace Hopper' }), { status: 'invalid' });
    runtime.time.advance(HOUR);
    t.same(await blocks.list(SITE), []);
    t.match(await redeem(6, pin), { status: 'granted' });
    t.match(await register({ name: 'Grace Hopper' }), { status: 'registered' });
    t.equal(await blocks.sweep(SITE), 2);
    t.equal(await redis.exists(siteKeys.blocks(SITE), siteKeys.blocked(SITE)), 0);
  });

  await t.test('the same line stands once; one that is over does not take a newer one along', async (t) => {
    await add({ kind: 'mac', value: mac(7), until: iso(runtime.now() + MINUTE) });
    t.match(await blocks.add(SITE, { kind: 'mac', value: mac(7) }, 'test'), {
      problems: [{ field: 'value', message: `${mac(7)} is on the list already.` }],
    });
    runtime.time.advance(MINUTE);
    await add({ kind: 'mac', value: mac(7) });
    t.equal(await blocks.sweep(SITE), 1);
    t.ok(await redis.zscore(siteKeys.blocked(SITE), mac(7)));
    t.ok(await blocks.check(SITE, { mac: mac(7) }));
    await clear();
  });

  await t.test(
    'while it is being added: whoever redeems is refused, or is off again right after',
    async (t) => {
      const { id, pin } = await visit({ maxDevices: 100, expectedArrival: iso(runtime.now()) });
      const other = await story.beside({ started: false });
      const numbers = Array.from({ length: 12 }, (_, i) => 40 + i);
      const raced = await Promise.all(
        numbers.flatMap((n) => [
          other.redeem(n, pin).then(({ status }) => status),
          blocks.add(SITE, { kind: 'mac', value: mac(n) }, 'test').then(({ status }) => status),
        ]),
      );
      t.equal(raced.filter((status) => status === 'added').length, numbers.length);
      t.same(await live(id), []);
      await eventually(async () => {
        for (const n of numbers) if (await access(n)) return false;
        return true;
      });
      t.notOk(numbers.some((n) => box.sessions.has(mac(n))));
      await clear();
    },
  );

  await t.test('two who add the same at once make one line', async (t) => {
    const both = await Promise.all(
      [1, 2].map(() => blocks.add(SITE, { kind: 'mac', value: mac(8) }, 'test')),
    );
    t.same(both.map(({ status }) => status).sort(), ['added', 'invalid']);
    await clear();
    t.equal(await blocks.remove(SITE, 'nobody', 'test'), false);
  });

  await t.test('the log says what was done, and never whom it means', async (t) => {
    const { block } = await add({ kind: 'name', value: 'Zoe Unwelcome' });
    await blocks.remove(SITE, block.id, 'test');
    t.match((await events('block.added')).at(-1)?.fields, { block: block.id, kind: 'name', by: 'test' });
    t.match((await events('block.removed')).at(-1)?.fields, { block: block.id, by: 'test' });
    const log = JSON.stringify(await runtime.stores.events.list(SITE, '', 100_000));
    for (const text of ['Zoe', 'Unwelcome', mac(1), mac(7), 'evil.example'])
      t.notOk(log.includes(text), text);
  });
});
