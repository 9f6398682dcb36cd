import t from 'tap';
import { siteKeys } from '../../src/redis/keys.js';
import { eventually, SITE, startRuntime } from '../fixtures/runtime.js';

const COUNT = 1000;
const FILE = `Name,Arrival\n${Array.from({ length: COUNT }, (_, i) => `Visitor${i},2026-11-23 09:00`).join('\n')}`;

t.test('a Redis that dies on the way has all visits of a file afterwards, or none', async (t) => {
  const runtime = await startRuntime(t);
  const { server, services } = runtime;
  const seen = new Set<number>();
  const order = { file: FILE, dryRun: false, allowDuplicates: true };
  let before = 0;
  for (const wait of [0, 40, 100, 10_000]) {
    const send = runtime.stores.visitBatch.register;
    // From the moment on which the step is sent.
    runtime.stores.visitBatch.register = (...args) => {
      const timer = setTimeout(() => server.stop('SIGKILL'), wait);
      return send(...args).finally(() => clearTimeout(timer));
    };
    const result = await services.imports.run(SITE, order, 'test').catch((error: Error) => error);
    runtime.stores.visitBatch.register = send;
    await server.stop();
    await server.restart();
    await eventually(() => runtime.redis.ready(100));
    const count = await server.redis.zcard(siteKeys.visits(SITE));
    const named = await server.redis.keys(siteKeys.visit(SITE, '*'));
    const records = named.filter((key) => /:visit:[^:]+$/.test(key)).length;
    const pins = (await server.redis.keys(siteKeys.pin(SITE, '*' as never))).length;
    const added = count - before;
    t.ok(added === 0 || added === COUNT, `killed after ${wait} ms: ${added} visits`);
    t.same([records, pins], [count, count], 'each with its record and its PIN');
    if (!(result instanceof Error)) t.equal(added, COUNT, 'what was acknowledged is there');
    seen.add(added);
    before = count;
  }
  t.same([...seen].sort(), [0, COUNT], 'both were seen');
});
