import t from 'tap';
import type { SiteId } from '../../src/domain/id.js';
import { siteKeys } from '../../src/redis/keys.js';
import type { Runtime } from '../../src/runtime.js';
import type { ImportOrder, ImportReport } from '../../src/services/import.js';
import { NINE, SITE, startRuntime, type TestRuntime } from '../fixtures/runtime.js';

const HEAD = 'Name;E-Mail;Ankunft;Dauer\n';
const file = (...lines: string[]): string => HEAD + lines.join('\n');
const ADA = 'Ada Visitor;ada@example.com;23.11.2026 9:00;90';
const BOB = 'Bob Visitor;bob@example.com;24.11.2026 10:30;2 h';

async function run(runtime: Runtime, text: string | Uint8Array, more: Partial<ImportOrder> = {}) {
  const order = { file: text, dryRun: false, allowDuplicates: false, ...more };
  const result = await runtime.services.imports.run(SITE, order, 'test');
  if (result.status === 'unreadable') throw new Error(JSON.stringify(result.problems));
  return result;
}
const kept = (runtime: TestRuntime, site: SiteId = SITE): Promise<number> =>
  runtime.stores.visits.count(site);
const lines = ({ rows }: ImportReport) => rows.map(({ line, status }) => [line, status]);
const said = ({ rows }: ImportReport) =>
  rows.flatMap(({ line, problems }) => problems.map(({ message }) => `${line}: ${message}`));
const events = async (runtime: Runtime, type: string) =>
  (await runtime.stores.events.list(SITE, '', 100_000)).items.filter((event) => event.type === type);

t.test('a file is registered whole, each visit with a PIN and a trace', async (t) => {
  const runtime = await startRuntime(t);
  const { status, report } = await run(runtime, file(ADA, BOB));
  t.equal(status, 'registered', JSON.stringify(said(report)));
  t.match(report.totals, { rows: 2, ok: 2, invalid: 0, duplicate: 0, registered: 2 });
  const [ada, bob] = report.rows.map(({ visit }) => visit);
  t.match(ada, {
    name: 'Ada Visitor',
    expectedArrival: '2026-11-23T09:00',
    terms: { durationMs: 90 * 60_000 },
  });
  t.match(bob, { terms: { durationMs: 120 * 60_000 } });
  const shown = await runtime.services.visits.showPin(SITE, ada?.id ?? '');
  t.match(shown?.pin, /^\d{5,10}$/);
  t.notOk(JSON.stringify(report).includes(shown?.pin ?? ''), 'the answer has no PIN');
  t.match(await runtime.services.visits.list(SITE, { words: ['bob'], limit: 5 }), {
    items: [{ id: bob?.id }],
  });
  t.equal((await events(runtime, 'visit.registered')).length, 2);
  t.match(await events(runtime, 'visits.imported'), [{ fields: { count: '2', by: 'test' } }]);
});

t.test('one wrong line, and nothing is registered; a dry run says the same', async (t) => {
  const runtime = await startRuntime(t);
  const text = file(ADA, '"Bad\nName";x@;23.11.2026 9:00;0', ';;;', '', ';a@b.c;tomorrow;soon', BOB);
  for (const dryRun of [true, false]) {
    const { status, report } = await run(runtime, text, { dryRun });
    t.equal(status, dryRun ? 'checked' : 'refused');
    t.same(lines(report), [
      [2, 'ok'],
      [3, 'invalid'],
      [7, 'invalid'],
      [8, 'ok'],
    ]);
    const words = said(report);
    t.equal(words.length, 6, words.join('\n'));
    t.match(words[0], /^3: .*one line of text/);
    t.ok(words.some((one) => /^7: The name is missing/.test(one)));
    t.ok(words.some((one) => /^7: "tomorrow" is no date and time\. Right would be 2026/.test(one)));
    t.match(report.totals, { ok: 2, invalid: 2, registered: 0 });
    t.equal(await kept(runtime), 0);
  }
  t.equal((await run(runtime, file(ADA, BOB), { dryRun: true })).report.totals.registered, 0);
  t.equal(await kept(runtime), 0, 'a dry run of a good file writes nothing');
  t.same(await events(runtime, 'visits.imported'), []);
});

t.test('the same file again is offered as duplicates, unless they are wanted', async (t) => {
  const runtime = await startRuntime(t);
  await run(runtime, file(ADA));
  const twice = file(ADA.toUpperCase(), BOB, BOB);
  for (const dryRun of [true, false]) {
    const { status, report } = await run(runtime, twice, { dryRun });
    t.equal(status, dryRun ? 'checked' : 'refused');
    t.same(lines(report), [
      [2, 'duplicate'],
      [3, 'ok'],
      [4, 'duplicate'],
    ]);
    t.match(said(report), [/^2: .*registered already/, /^4: .*stand in line 3/]);
    t.equal(await kept(runtime), 1);
  }
  const wanted = await run(runtime, twice, { allowDuplicates: true });
  t.equal(wanted.status, 'registered');
  t.equal(await kept(runtime), 4);

  const other = await startRuntime(t);
  const first = await run(other, file(ADA));
  await other.services.visits.cancel(SITE, first.report.rows[0]?.visit?.id ?? '', 'test');
  t.equal((await run(other, file(ADA))).status, 'registered', 'a cancelled visit stands in nobody’s way');
});

t.test('who is on the block list is a wrong line, with the words for the team', async (t) => {
  const runtime = await startRuntime(t);
  const added = await runtime.services.blocks.add(
    SITE,
    { kind: 'name', value: 'Visitor Bob', note: 'Took a chair' },
    'test',
  );
  t.equal(added.status, 'added');
  const { status, report } = await run(runtime, file(ADA, BOB));
  t.equal(status, 'refused');
  t.match(said(report), [/^3: .*block list/]);
  t.equal(await kept(runtime), 0);
});

t.test('two imports of one file at once register it once', async (t) => {
  const runtime = await startRuntime(t);
  const other = await runtime.another();
  const results = await Promise.all([runtime, other, runtime].map((one) => run(one, file(ADA, BOB))));
  t.same(results.map(({ status }) => status).sort(), ['refused', 'refused', 'registered']);
  t.equal(await kept(runtime), 2);
});

t.test('a PIN that is in use is drawn again, for that visit only', async (t) => {
  const runtime = await startRuntime(t);
  await runtime.services.settings.change(SITE, { 'pin.length': 5 }, undefined, 'test');
  const { redis } = runtime.server;
  // Half of the PINs of this length are in use.
  const step = redis.pipeline();
  for (let pin = 0; pin < 50_000; pin++)
    step.hset(
      siteKeys.pin(SITE, runtime.sealing.pinDigest(SITE, String(pin).padStart(5, '0'))),
      'visit',
      'x',
    );
  await step.exec();
  const many = Array.from({ length: 12 }, (_, i) => `Visitor ${i};;23.11.2026 9:00;60`);
  const { report } = await run(runtime, file(...many));
  t.equal(report.totals.registered, 12);
  const pins = await Promise.all(
    report.rows.map(({ visit }) => runtime.services.visits.showPin(SITE, visit?.id ?? '')),
  );
  t.ok(pins.every((shown) => Number(shown?.pin) >= 50_000));
});

t.test('1000 visits at one hour are one step, and their PINs count for each other', async (t) => {
  const runtime = await startRuntime(t);
  const many = Array.from(
    { length: 1000 },
    (_, i) => `Visitor Number${i} Surname${i};visitor${i}@example.com;23.11.2026 9:00;60`,
  );
  const { redis } = runtime.server;
  // Of the thread that everybody waits for; other programs on this machine take nothing of it.
  const spent = async (): Promise<number> => {
    const cpu = await redis.info('cpu');
    return ['user', 'sys']
      .map((kind) => Number(new RegExp(`used_cpu_${kind}_main_thread:([\\d.]+)`).exec(cpu)?.[1]))
      .reduce((sum, seconds) => sum + seconds * 1000, 0);
  };
  const before = await spent();
  const { report } = await run(runtime, file(...many));
  t.equal(report.totals.registered, 1000);
  t.equal(await kept(runtime), 1000);
  const took = (await spent()) - before;
  t.comment(`${Math.round(took)} ms of Redis`);
  const pins = await runtime.stores.visits.tellingCounts(SITE, { from: NINE, until: NINE + 1 });
  t.equal(
    Object.values(pins).reduce((sum, count) => sum + count, 0),
    1000,
  );
  t.notOk(pins[5], 'as long as so many need');
});
