import t from 'tap';
import type { Runtime } from '../../src/runtime.js';
import { type Receiver, says, startReceiver } from '../fixtures/receiver.js';
import { eventually, MINUTE, NINE, SITE, startRuntime } from '../fixtures/runtime.js';
import { iso } from '../fixtures/story.js';

const OWNER = { by: 'test', role: 'owner' } as const;

async function visit(runtime: Runtime): Promise<string> {
  const input = { name: 'Ada', expectedArrival: iso(NINE), durationMinutes: 60 };
  const made = await runtime.services.visits.register(SITE, input, 'test');
  if (made.status !== 'registered') throw new Error(made.status);
  return made.visit.id;
}

async function add(runtime: Runtime, receiver: Receiver): Promise<string> {
  const input = { url: receiver.url, allowPrivate: true, topics: ['visit.registered'] };
  const made = await runtime.services.webhooks.add(SITE, input, OWNER);
  if (made.status !== 'changed') throw new Error(made.status);
  return made.webhook.id;
}

const cursor = async (runtime: Runtime, id: string) =>
  (await runtime.services.webhooks.find(SITE, id))?.cursor;

/** Answers only when it is let. */
function gate(receiver: Receiver) {
  const waiting: (() => void)[] = [];
  receiver.answer = (_, response) => {
    waiting.push(() => response.writeHead(204).end());
  };
  const open = (): void => {
    for (const answer of waiting.splice(0)) answer();
  };
  return { waiting, open };
}

t.test('two processes send each event once, in order', async (t) => {
  const one = await startRuntime(t);
  const two = await one.another();
  const receiver = await startReceiver(t);
  await add(one, receiver);
  const visits: string[] = [];
  for (let i = 0; i < 20; i++) visits.push(await visit(one));
  await Promise.all([one, two, one, two].map(({ services }) => services.webhookDelivery.round()));
  t.strictSame(
    receiver.got.map(({ body }) => body.data.visit),
    visits,
  );
});

t.test(
  'what a process had sent when it died is sent again by another, and its late word counts for nothing',
  async (t) => {
    const one = await startRuntime(t);
    const two = await one.another();
    const receiver = await startReceiver(t);
    const { waiting, open } = gate(receiver);
    const id = await add(one, receiver);
    const first = await visit(one);
    const second = await visit(one);
    const stuck = one.services.webhookDelivery.round();
    await eventually(() => waiting.length === 1);
    const before = await cursor(one, id);

    await two.services.webhookDelivery.round();
    t.equal(receiver.got.length, 1, 'while the lease holds nobody else sends');
    one.time.advance(MINUTE);
    receiver.answer = says(204);
    await two.services.webhookDelivery.round();
    t.strictSame(
      receiver.got.map(({ body }) => body.data.visit),
      [first, first, second],
      'at least once',
    );
    t.equal(
      receiver.got[0]?.headers['webhook-id'],
      receiver.got[1]?.headers['webhook-id'],
      'known by its id',
    );
    const after = await cursor(one, id);
    t.not(after, before);
    open();
    await stuck;
    t.equal(await cursor(one, id), after, 'the cursor does not go back');
    t.equal(receiver.got.length, 3);
  },
);

t.test('a replay while an event is on its way is not undone by its answer', async (t) => {
  const runtime = await startRuntime(t);
  const { webhooks, webhookDelivery } = runtime.services;
  const receiver = await startReceiver(t);
  const id = await add(runtime, receiver);
  const start = (await cursor(runtime, id)) ?? '';
  const first = await visit(runtime);
  await webhookDelivery.round();
  const { waiting, open } = gate(receiver);
  const second = await visit(runtime);
  const busy = webhookDelivery.round();
  await eventually(() => waiting.length === 1);
  t.match(await webhooks.replay(SITE, id, { after: start }, 'test'), { status: 'changed' });
  receiver.answer = says(204);
  open();
  await busy;
  await webhookDelivery.round();
  t.strictSame(
    receiver.got.map(({ body }) => body.data.visit),
    [first, second, first, second],
  );
});

t.test('a removed webhook is sent nothing more, though an event was on its way', async (t) => {
  const runtime = await startRuntime(t);
  const receiver = await startReceiver(t);
  const { waiting, open } = gate(receiver);
  const id = await add(runtime, receiver);
  await visit(runtime);
  await visit(runtime);
  const busy = runtime.services.webhookDelivery.round();
  await eventually(() => waiting.length === 1);
  await runtime.services.webhooks.remove(SITE, id, 'test');
  open();
  await busy;
  t.equal(receiver.got.length, 1);
  t.strictSame(await runtime.services.webhooks.list(SITE), []);
  t.strictSame(await runtime.server.redis.keys(`*${id}*`), [], 'nothing is left of it');
});

t.test('a receiver that hangs holds up no other', async (t) => {
  const runtime = await startRuntime(t, { webhooks: { timeoutMs: 1000 } });
  const slow = await startReceiver(t);
  slow.answer = () => undefined;
  const quick = await startReceiver(t);
  const stuck = await add(runtime, slow);
  await add(runtime, quick);
  await visit(runtime);
  const round = runtime.services.webhookDelivery.round();
  await eventually(() => quick.got.length === 1);
  t.notOk((await runtime.services.webhooks.find(SITE, stuck))?.fault, 'the other still waits');
  await round;
  t.match((await runtime.services.webhooks.find(SITE, stuck))?.fault, /did not answer within 1 s/);
});

t.test('a running process tells by itself, and stops at once though a receiver hangs', async (t) => {
  const runtime = await startRuntime(t, { started: true });
  const receiver = await startReceiver(t);
  const { waiting } = gate(receiver);
  const id = await add(runtime, receiver);
  await visit(runtime);
  await eventually(() => waiting.length === 1);
  const began = performance.now();
  await runtime.stop();
  t.ok(performance.now() - began < 3000);
  const left = await runtime.services.webhooks.find(SITE, id);
  t.match(left, { attempts: 0, on: true }, 'it is no failure of the receiver');
  const next = await runtime.another();
  receiver.answer = says(204);
  await next.services.webhookDelivery.round();
  t.equal(receiver.got.length, 2, 'the next process sends it at once');
});
