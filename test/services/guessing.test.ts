import t from 'tap';
import { dailyRisk, riskOfGuess } from '../../src/domain/guessing.js';
import { newId } from '../../src/domain/id.js';
import { siteKeys } from '../../src/redis/keys.js';
import type { Redeemed } from '../../src/redis/tokens.js';
import { DAY, DEMO, eventually, HOUR, NINE, SITE } from '../fixtures/runtime.js';
import { iso, type Made, mac, type Story, startStory } from '../fixtures/story.js';

const ODDS = 0.01;
/** Everything that guesses may risk together in 30 days. */
const BOUND = -Math.log(1 - ODDS);
const LENGTH = 7;

/** Visits of 60 days with PINs of one length, so that the risk of a guess stays the same all the time. */
async function longVisits(story: Story, count: number): Promise<(Made & { email: string })[]> {
  await story.set({ 'pin.length': LENGTH });
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const email = `visitor${i}@example.com`;
      return { email, ...(await story.visit({ email, durationMinutes: 60 * 24 * 60, maxDevices: 20 })) };
    }),
  );
}

/** Wrong PINs, never the same and never one that was issued; each from a client that was never seen. */
function attacker(story: Story, made: readonly Made[]) {
  const right = new Set(made.map(({ pin }) => pin));
  let [client, next] = [10_000, 0];
  const wrong = (): string => {
    do next += 9973;
    while (right.has(String(next % 10 ** LENGTH).padStart(LENGTH, '0')));
    return String(next % 10 ** LENGTH).padStart(LENGTH, '0');
  };
  return {
    wrong,
    guess: (email?: string) => story.redeem(client++, wrong(), email === undefined ? {} : { email }),
  };
}

/** Spends the site's budget. How many wrong PINs that took. */
async function spend(guess: () => Promise<{ status: string }>): Promise<number> {
  for (let judged = 0; ; judged++) {
    const { status } = await guess();
    if (status === 'email') return judged;
    if (status !== 'refused') throw new Error(status);
  }
}

t.test(
  'thirty days of guessing from endless clients stay under the odds, by PIN and by e-mail together',
  async (t) => {
    const story = await startStory(t, { started: false });
    const visits = await longVisits(story, 20);
    const { guess } = attacker(story, visits);
    const known = visits.slice(0, 3);
    const judged = { pin: 0, mail: 0 };
    const waits = new Set<boolean>();
    for (let hours = 0; hours <= 30 * 24; hours += 2) {
      story.runtime.time.set(NINE + hours * HOUR);
      judged.pin += await spend(() => guess());
      for (const { email } of known) {
        for (;;) {
          const answer = await guess(email);
          if (answer.status === 'refused') judged.mail++;
          else {
            if (answer.status !== 'throttled') throw new Error(answer.status);
            waits.add(answer.retryAfterMs > 0 && answer.retryAfterMs < DAY);
            break;
          }
        }
      }
    }
    t.strictSame([...waits], [true], 'every wait is finite');
    const risk = riskOfGuess({ [LENGTH]: visits.length });
    const byPin = judged.pin * risk;
    // With an address only one of the PINs could have been hit.
    const byMail = judged.mail * riskOfGuess({ [LENGTH]: 1 });
    t.ok(judged.pin > 1000, 'the attack was no trifle');
    t.ok(byPin < BOUND / 2 + risk);
    t.ok(byPin > BOUND / 4, 'and the budget is not needlessly small');
    t.ok(byPin + byMail < BOUND);
    // However many addresses are known.
    t.ok(byPin + (byMail / known.length) * visits.length < BOUND);
  },
);

t.test('while the budget is spent honest visitors get in by PIN and e-mail', async (t) => {
  const story = await startStory(t);
  const visits = await longVisits(story, 10);
  const [first, second] = visits as [Made & { email: string }, Made & { email: string }];
  const { guess, wrong } = attacker(story, visits);
  await spend(() => guess());
  t.equal(await story.runtime.stores.tokens.budgetSpent(SITE), true);
  t.match((await story.events('guessing.budget-spent'))[0]?.fields, { gateway: DEMO });
  const table: [title: string, pin: string, email: string | undefined, status: string][] = [
    ['a right PIN alone is not judged', first.pin, undefined, 'email'],
    ['nor is a wrong one', wrong(), undefined, 'email'],
    ["with somebody else's address", first.pin, second.email, 'refused'],
    ['with an address that nobody has', first.pin, 'nobody@example.com', 'refused'],
    ['with its own', first.pin, first.email, 'granted'],
    ['as people write it', second.pin, `  ${second.email.toUpperCase()} `, 'granted'],
  ];
  for (const [i, [title, pin, email, status]] of table.entries()) {
    t.equal((await story.redeem(i + 1, pin, email === undefined ? {} : { email })).status, status, title);
  }
});

t.test('a visitor whose address is attacked waits for a time that ends, and then gets in', async (t) => {
  const story = await startStory(t);
  const visits = await longVisits(story, 10);
  const [victim, other] = visits as [Made & { email: string }, Made & { email: string }];
  const { guess } = attacker(story, visits);
  await spend(() => guess());
  let answer = await guess(victim.email);
  while (answer.status === 'refused') answer = await guess(victim.email);
  const barred = await story.redeem(1, victim.pin, { email: victim.email });
  if (barred.status !== 'throttled') throw new Error(barred.status);
  t.ok(barred.retryAfterMs > 0 && barred.retryAfterMs < HOUR, `${barred.retryAfterMs} ms`);
  t.match(
    await story.redeem(2, other.pin, { email: other.email }),
    { status: 'granted' },
    'others do not wait',
  );
  // The attacker goes on meanwhile: what is not judged takes nothing away.
  for (let i = 0; i < 20; i++) t.equal((await guess(victim.email)).status, 'throttled');
  story.runtime.time.advance(barred.retryAfterMs);
  // Somebody else's guess has kept the site's budget spent.
  await spend(() => guess());
  t.match(await story.redeem(1, victim.pin, { email: victim.email }), { status: 'granted' });
});

t.test('PINs too short for their number are judged with an e-mail, one after a wait that ends', async (t) => {
  const story = await startStory(t);
  await story.set({ 'pin.length': 5, 'pin.guessOdds': 1e-4 });
  const { pin } = await story.visit({ email: 'ada@example.com', durationMinutes: 60 * 24 * 300 });
  const wrong = pin.replace(/.$/, (digit) => String((Number(digit) + 1) % 10));
  t.equal((await story.redeem(1, pin)).status, 'email');
  t.equal((await story.redeem(1, wrong, { email: 'ada@example.com' })).status, 'refused');
  const barred = await story.redeem(1, pin, { email: 'ada@example.com' });
  if (barred.status !== 'throttled') throw new Error(barred.status);
  t.ok(Number.isFinite(barred.retryAfterMs));
  story.runtime.time.advance(barred.retryAfterMs);
  t.match(await story.redeem(1, pin, { email: 'ada@example.com' }), { status: 'granted' });
});

/** What failures have cost so far, by the site's bucket. */
async function charged(story: Story): Promise<number> {
  const level = await story.runtime.server.redis.hget(siteKeys.attempts(SITE), 'level');
  return level === null ? 0 : dailyRisk(ODDS) - Number(level);
}

t.test('the same wrong PIN from one client within a minute is charged once', async (t) => {
  const story = await startStory(t);
  const visits = await longVisits(story, 5);
  const { wrong } = attacker(story, visits);
  const risk = riskOfGuess({ [LENGTH]: 5 });
  const pin = wrong();
  const near = (cost: number, units: number, title: string) =>
    t.ok(Math.abs(cost / risk - units) < 0.01, `${title}: ${cost / risk}`);
  for (let i = 0; i < 20; i++) t.equal((await story.redeem(1, pin)).status, 'refused');
  near(await charged(story), 1, 'twenty times the same');
  await story.redeem(2, pin);
  near(await charged(story), 2, 'from another client');
  await story.redeem(1, wrong());
  near(await charged(story), 3, 'another one');
  await story.redeem(1, pin);
  near(await charged(story), 4, 'the first one again');
  t.equal((await story.events('pin.failed')).length, 4);
});

t.test(
  'every answer that says something about a PIN is charged, and what lets a visitor in is not',
  async (t) => {
    const story = await startStory(t);
    await story.set({ 'pin.length': LENGTH });
    const make = async (more: Record<string, unknown>) => (await story.visit(more)).pin;
    const early = await make({ expectedArrival: iso(NINE + 3 * HOUR) });
    const expired = await make({ expectedArrival: iso(NINE - 3 * HOUR) });
    const open = await make({ maxDevices: 1 });
    await story.set({ 'tokens.enabled': false });
    const desk = await make({});
    const table: [client: number, pin: string, status: string, charged: boolean][] = [
      [1, open, 'granted', false],
      [1, open, 'granted', false],
      [2, open, 'device-limit', false],
      [3, early, 'early', true],
      [4, expired, 'expired', true],
      [5, desk, 'check-in-only', true],
      [6, '12', 'malformed', false],
    ];
    const risk = riskOfGuess({ [LENGTH]: 4 });
    let sum = 0;
    for (const [client, pin, status, costs] of table) {
      t.equal((await story.redeem(client, pin)).status, status);
      if (costs) sum += risk;
      t.ok(Math.abs((await charged(story)) - sum) < risk / 100, `${status}: ${costs ? '' : 'not '}charged`);
    }
  },
);

t.test('ten thousand right PINs spend nothing', async (t) => {
  const story = await startStory(t, { started: false });
  const { tokens } = story.runtime.stores;
  const made = await Promise.all(Array.from({ length: 100 }, () => story.visit({ maxDevices: 100 })));
  const statuses = new Map<string, number>();
  for (const [v, { pin }] of made.entries()) {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n): Promise<Redeemed> => {
        const order = {
          digest: story.runtime.sealing.pinDigest(SITE, pin),
          mailDigest: '',
          gateway: DEMO,
          mac: mac(v * 100 + n + 1),
          // All behind one proven address: no reason to make anyone wait.
          address: '10.0.0.1',
          capacity: dailyRisk(ODDS),
          newGrantId: newId(),
          newSlot: newId(),
          replace: '',
        };
        return tokens.redeem(SITE, order, NINE);
      }),
    );
    for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  t.strictSame([...statuses], [['granted', 10_000]]);
  t.equal(await story.runtime.server.redis.exists(siteKeys.attempts(SITE)), 0);
  t.equal(await tokens.budgetSpent(SITE), false);
});

t.test('a spent budget comes back by itself, and the PIN alone is enough again', async (t) => {
  const story = await startStory(t);
  const visits = await longVisits(story, 10);
  const { guess } = attacker(story, visits);
  const full = await spend(() => guess());
  const [first] = visits as [Made & { email: string }];
  t.equal((await story.redeem(1, first.pin)).status, 'email');
  story.runtime.time.advance(DAY / 20);
  t.equal((await story.redeem(1, first.pin)).status, 'email', 'not with the first drops');
  story.runtime.time.advance(DAY / 20);
  t.match(await story.redeem(1, first.pin), { status: 'granted' });
  t.equal(await story.runtime.stores.tokens.budgetSpent(SITE), false);
  await eventually(() => story.box.sessions.has(mac(1)));
  story.runtime.time.advance(2 * DAY);
  t.equal(await spend(() => guess()), full, 'after a day it is full again, and never fuller');
});

t.test('a client that fails five times waits, and no longer than ten minutes', async (t) => {
  const story = await startStory(t);
  const visits = await longVisits(story, 2);
  const { wrong } = attacker(story, visits);
  const [first] = visits as [Made & { email: string }];
  for (let i = 0; i < 5; i++) t.equal((await story.redeem(1, wrong())).status, 'refused');
  const waits: number[] = [];
  for (let i = 0; i < 8; i++) {
    const barred = await story.redeem(1, wrong());
    if (barred.status !== 'throttled') throw new Error(barred.status);
    waits.push(barred.retryAfterMs);
    story.runtime.time.advance(barred.retryAfterMs);
    t.equal((await story.redeem(1, wrong())).status, 'refused');
  }
  t.strictSame(waits.slice(0, 3), [30_000, 60_000, 120_000]);
  t.equal(Math.max(...waits), 600_000);
  const last = await story.redeem(1, first.pin);
  if (last.status !== 'throttled') throw new Error(last.status);
  t.match(await story.redeem(2, first.pin), { status: 'granted' }, 'another client does not wait');
  story.runtime.time.advance(last.retryAfterMs);
  t.match(await story.redeem(1, first.pin), { status: 'granted' });
  t.equal((await story.redeem(1, wrong())).status, 'refused', 'who got in begins anew');
});

t.test(
  'guesses with addresses that nobody has are told together, so that nobody writes the log full',
  async (t) => {
    const story = await startStory(t, { started: false });
    const { guess } = attacker(story, await longVisits(story, 20));
    await spend(() => guess());
    const told = async () => (await story.events('pin.failed')).length;
    const before = await told();
    for (let i = 0; i < 25; i++) await guess(`nobody${i}@example.com`);
    t.equal(await told(), before + 1);
    story.runtime.time.advance(60_000);
    await guess('nobody@example.com');
    const failed = await story.events('pin.failed');
    t.equal(failed.length, before + 2);
    t.equal(failed.at(-1)?.fields.count, '25', 'with those that were not told before');
  },
);
