import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { type Orders, openProcess, type Phase, passing, readRouter } from '../fixtures/crash.js';
import { redisFolder, startRedis, type Teardown } from '../fixtures/redis.js';
import { DEMO, eventually, HOUR, NINE, SITE, testClock } from '../fixtures/runtime.js';
import { actions, mac } from '../fixtures/story.js';

const TEN = NINE + HOUR;
const ELEVEN = NINE + 2 * HOUR;
/** Compiled beside the tests. */
const CHILD = fileURLToPath(new URL('../../.tap/built/test/fixtures/crash-child.mjs', import.meta.url));

interface Row {
  phase: Phase;
  point: string;
  /** Until when the client passes afterwards; undefined where it does not. */
  until: number | undefined;
  /** How often the next process has to tell the router. */
  told: number;
}

const table: Row[] = [
  { phase: 'redeem', point: 'redeem:before', until: undefined, told: 0 },
  { phase: 'redeem', point: 'redeem:after', until: TEN, told: 1 },
  { phase: 'redeem', point: 'claim-commands:after', until: TEN, told: 1 },
  { phase: 'redeem', point: 'authorize:before', until: TEN, told: 1 },
  { phase: 'redeem', point: 'authorize:after', until: TEN, told: 1 },
  { phase: 'redeem', point: 'settle-command:before', until: TEN, told: 1 },
  { phase: 'redeem', point: 'settle-command:after', until: TEN, told: 0 },
  { phase: 'cancel', point: 'change-visit:before', until: TEN, told: 0 },
  { phase: 'cancel', point: 'change-visit:after', until: undefined, told: 1 },
  { phase: 'cancel', point: 'claim-commands:after', until: undefined, told: 1 },
  { phase: 'cancel', point: 'deauthorize:before', until: undefined, told: 1 },
  { phase: 'cancel', point: 'deauthorize:after', until: undefined, told: 1 },
  { phase: 'cancel', point: 'settle-command:after', until: undefined, told: 0 },
  { phase: 'extend', point: 'change-visit:after', until: ELEVEN, told: 1 },
  { phase: 'extend', point: 'authorize:before', until: ELEVEN, told: 1 },
  { phase: 'extend', point: 'authorize:after', until: ELEVEN, told: 1 },
  { phase: 'due', point: 'claim-commands:after', until: undefined, told: 1 },
  { phase: 'due', point: 'deauthorize:before', until: undefined, told: 1 },
  { phase: 'due', point: 'deauthorize:after', until: undefined, told: 1 },
];

/** What the child said before it died. */
async function dies(t: Teardown, orders: Orders): Promise<{ said: string; signal: NodeJS.Signals | null }> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(orders)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  let said = '';
  child.stdout.on('data', (data) => {
    said += data;
  });
  await once(child, 'close');
  return { said, signal: child.signalCode };
}

t.test('a process that dies between any two steps leaves nothing undone and nothing doubled', async (t) => {
  t.jobs = 3;
  for (const { phase, point, until, told } of table) {
    t.test(`${phase}, dead at ${point}`, { buffered: true }, async (t) => {
      const { url, redis } = await startRedis(t);
      const file = join(redisFolder(t), 'router');
      const time = testClock();
      const open = async () => {
        const opened = await openProcess(url, file, time);
        t.teardown(() => opened.close());
        return { ...actions(opened.runtime), runtime: opened.runtime };
      };
      const before = await open();
      await before.set({ 'site.timeZone': 'UTC' });
      await before.runtime.services.registry.put(SITE, DEMO, { kind: 'demo' }, 'test');
      const { id, pin } = await before.visit();

      const { said, signal } = await dies(t, { redisUrl: url, router: file, visit: id, pin, phase, point });
      t.equal(signal, 'SIGKILL', `it died on the way: ${said}`);
      const lines = said.split('\n').filter(Boolean);
      if (lines.includes('granted') && phase === 'redeem') t.equal(until, TEN, 'what was answered holds');
      if (lines.includes('cancelled')) t.equal(until, undefined);
      if (lines.includes('extended')) t.equal(until, ELEVEN);
      const had = readRouter(file).length;

      if (phase === 'due') time.set(TEN);
      const next = await open();
      const { commands, grants } = next.runtime.stores;
      await next.runtime.start();
      await eventually(() => next.runtime.worker?.holds(DEMO));
      await eventually(async () => {
        const { queued, claimed } = await commands.counts(SITE, DEMO);
        const access = await next.access(1);
        const settled = until === undefined ? !access : access?.confirmedVersion === access?.version;
        return queued + claimed === 0 && settled && passing(file).get(mac(1)) === until;
      });
      const after = readRouter(file).slice(had);
      t.equal(after.length, told, `the next process told the router ${told} times`);
      t.equal((await next.live(id)).length, until === undefined ? 0 : 1);
      t.ok((await grants.ofVisit(SITE, id)).length <= 1, 'one grant, if any');
      const visit = await next.runtime.services.visits.find(SITE, id);
      const devices = point === 'redeem:before' || phase === 'cancel' ? 0 : 1;
      t.equal(visit?.devices.length, point === 'change-visit:before' ? 1 : devices);
      t.equal((await next.events('pin.redeemed')).length, point === 'redeem:before' ? 0 : 1);
      if (phase === 'redeem') {
        t.match(await next.redeem(1, pin), { status: 'granted', until: TEN }, 'the visitor tries again');
        t.equal((await grants.ofVisit(SITE, id)).length, 1);
      }
      t.equal(await redis.ping(), 'PONG');
    });
  }
});
