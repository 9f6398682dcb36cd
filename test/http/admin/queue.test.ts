import t from 'tap';
import { startAdmin } from '../../fixtures/admin.js';
import type { Teardown } from '../../fixtures/redis.js';
import { DEMO, eventually, HOUR, NINE, SITE } from '../../fixtures/runtime.js';
import { actions, boxes, mac } from '../../fixtures/story.js';

async function start(t: Teardown) {
  const { of, kinds } = boxes();
  const admin = await startAdmin(t, { started: true, kinds });
  const box = of(DEMO);
  await eventually(() => box.lists > 0 && admin.runtime.worker?.holds(DEMO));
  const house = { ...admin, ...actions(admin.runtime), box };
  return {
    ...house,
    /** A visit whose device could not be let in for good. */
    async stuck(n: number, name = 'Ada Visitor') {
      box.fault = 'login-refused';
      const made = await house.visit({ name });
      await house.redeem(n, made.pin);
      await eventually(async () => (await house.access(n))?.dead);
      return made;
    },
    fields: async (n: number) => ({
      gateway: DEMO,
      mac: mac(n),
      version: String((await house.access(n))?.version),
      state: 'dead',
    }),
  };
}

t.test('what was put aside says why and what to do, and is tried again by a button', async (t) => {
  const { as, stuck, box, fields, access, events } = await start(t);
  const admin = await as('admin');
  t.equal((await (await as('desk')).get('/queue')).status, 403);
  t.match((await admin.get('/queue')).html, /Every gateway does what it is told/);
  await stuck(1, '"><img src=x>');
  await stuck(2);
  const { html } = await admin.get('/queue');
  t.match(html, /Put aside <span class="count">2</);
  t.match(html, /refused the login\. <span class="muted">Correct the user name/);
  t.notMatch(html, /<img/);
  t.notMatch(html, /(?:href|action)="[^"]*02:00/, 'no hardware address in an address');

  box.fault = undefined;
  t.match((await admin.follow('/queue/retry', await fields(1))).html, /tried again now/);
  await eventually(() => box.sessions.get(mac(1)) === NINE + HOUR);
  t.ok((await access(2))?.dead, 'only that one');
  t.match((await admin.follow('/queue/retry', { gateway: DEMO, all: '1' })).html, /1 command is tried/);
  await eventually(() => box.sessions.has(mac(2)));
  t.match((await admin.follow('/queue/retry', await fields(1))).html, /not there any more/);
  const retried = (await events('command.retried')).filter((event) => event.fields.by);
  t.same(
    retried.map((event) => event.fields.by),
    [`person:${admin.person}`, `person:${admin.person}`],
  );
  t.equal((await admin.post('/queue/retry', { gateway: 'elsewhere', all: '1' })).status, 404);

  await stuck(3, 'A name without any end '.repeat(6));
});

t.test('to give up is asked about; whoever should pass is tried again when coming back', async (t) => {
  const { as, stuck, box, fields, access, redeem, runtime, events } = await start(t);
  const admin = await as('admin');
  const { pin } = await stuck(1);
  const form = { ...(await fields(1)), lets: '1' };
  const question = await admin.post('/queue/discard', form);
  t.match(question.html, /Give this command up\?/);
  t.match(question.html, /stays out until it comes to the PIN page again/);
  t.equal((await runtime.stores.commands.counts(SITE, DEMO)).dead, 1, 'asking changes nothing');
  t.match((await admin.follow('/queue/discard', { ...form, sure: '1' })).html, /Given up/);
  t.same(await runtime.stores.commands.states(SITE, DEMO, NINE), {
    due: 0,
    claimed: 0,
    retrying: 0,
    dead: 0,
  });
  t.match(await access(1), { until: NINE + HOUR, dead: true });
  t.equal((await events('command.discarded')).length, 1);
  t.match((await admin.follow('/queue/discard', { ...form, sure: '1' })).html, /not there any more/);
  box.fault = undefined;
  await redeem(1, pin);
  await eventually(() => box.sessions.has(mac(1)));
});

t.test('an order to send off that was given up comes back when the gateway lists the device', async (t) => {
  const { as, box, fields, access, redeem, visit, runtime } = await start(t);
  const admin = await as('admin');
  const { pin, id } = await visit();
  await redeem(1, pin);
  box.fault = 'login-refused';
  await runtime.services.visits.cancel(SITE, id, 'test');
  await eventually(async () => (await access(1))?.dead);
  await admin.post('/queue/discard', { ...(await fields(1)), sure: '1' });
  t.equal(await access(1), undefined);
  t.ok(box.sessions.has(mac(1)), 'the gateway is left as it is');
  box.fault = undefined;
  box.epoch++;
  await eventually(() => !box.sessions.has(mac(1)));
});

t.test('what is being carried out is not given up, and what fails for now can be', async (t) => {
  const { as, box, fields, access, redeem, visit, runtime } = await start(t);
  const admin = await as('admin');
  const { commands } = runtime.stores;
  const { pin } = await visit();
  box.fault = 'bad-answer';
  await redeem(1, pin);
  const waits = await eventually(async () => {
    const { items } = await commands.list(SITE, DEMO, { state: 'retrying', from: 0, limit: 10, now: NINE });
    return items[0];
  });
  t.match(waits, { mac: mac(1), error: 'bad-answer', state: 'retrying' });
  t.match((await admin.get('/queue?state=retrying')).html, /something that was not expected/);

  let free: () => void = () => undefined;
  box.fault = undefined;
  box.before = () =>
    new Promise((resolve) => {
      free = resolve;
    });
  await admin.post('/queue/retry', await fields(1));
  await eventually(async () => (await commands.states(SITE, DEMO, NINE)).claimed === 1);
  const form = { ...(await fields(1)), sure: '1' };
  t.match((await admin.follow('/queue/discard', form)).html, /being carried out just now/);
  free();
  await eventually(() => box.sessions.has(mac(1)));
  t.match(await access(1), { confirmedUntil: NINE + HOUR }, 'and nothing of it is lost');

  // The one who gives up and the lane that claims, at once: it is done or given up, never both, never neither.
  box.before = () => undefined;
  box.fault = 'bad-answer';
  await redeem(2, pin);
  await eventually(async () => (await commands.states(SITE, DEMO, NINE)).retrying === 1);
  const seen = { mac: mac(2), version: (await access(2))?.version ?? 0 };
  box.fault = undefined;
  const [said] = await Promise.all([
    runtime.services.queue.discard(SITE, DEMO, seen, 'test'),
    runtime.services.queue.retry(SITE, DEMO, mac(2), 'test'),
  ]);
  await eventually(async () => (await commands.states(SITE, DEMO, NINE)).claimed === 0);
  t.equal(box.sessions.has(mac(2)), said !== 'discarded');
});
