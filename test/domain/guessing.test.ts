import fc from 'fast-check';
import t from 'tap';
import { autoLength, dailyRisk, riskOfGuess } from '../../src/domain/guessing.js';
import { PIN_LEAST, PIN_MOST } from '../../src/domain/pin.js';
import { SETTINGS } from '../../src/domain/settings.js';
import { holds } from './property.js';

const MONTH = 30;
const LENGTHS = Array.from({ length: PIN_MOST - PIN_LEAST + 1 }, (_, i) => PIN_LEAST + i);

/** What `pin.guessOdds` may be, small and large ones as often. */
const odds = fc.double({ min: Math.log(1e-6), max: Math.log(0.05), noNaN: true }).map(Math.exp);

/** The wrong PINs that one bucket pays for, tried at these days as soon as it can pay: full at first, then it refills. */
function guessesPaid(capacity: number, cost: number, days: readonly number[]): number {
  let [level, at, guesses] = [capacity, 0, 0];
  for (const day of days) {
    level = Math.min(capacity, level + (day - at) * capacity);
    at = day;
    const now = Math.floor(level / cost);
    level -= now * cost;
    guesses += now;
  }
  return guesses;
}

/** The chance that one of so many different guesses is among `pins` PINs that were drawn from `size`. */
function chanceOfHit(guesses: number, pins: number, size: number): number {
  if (guesses + pins > size) return 1;
  let logMiss = 0;
  for (let tried = 0; tried < guesses; tried++) logMiss += Math.log1p(-pins / (size - tried));
  return -Math.expm1(logMiss);
}

/** An attacker who spends the site's bucket, and those of the e-mail addresses of all who have a PIN, on these days. */
function chanceInMonth(attack: { odds: number; length: number; pins: number; days: readonly number[] }) {
  const { odds, length, pins, days } = attack;
  const capacity = dailyRisk(odds);
  const guesses = guessesPaid(capacity, riskOfGuess({ [length]: pins }), days);
  const bySite = chanceOfHit(guesses, pins, 10 ** length);
  const byMail = pins * chanceOfHit(guesses, 1, 10 ** length);
  return bySite + byMail;
}

const everyHour = Array.from({ length: MONTH * 24 + 1 }, (_, i) => i / 24);

t.test(
  'the chance of a guessed PIN in 30 days is never more than the odds, however it is tried',
  async (t) => {
    const days = fc
      .array(fc.double({ min: 0, max: MONTH, noNaN: true }), { minLength: 1, maxLength: 60 })
      .map((list) => list.sort((a, b) => a - b));
    holds(
      t,
      'no PIN tried twice, on any days, with any number of PINs',
      fc.property(
        fc.record({
          odds: fc.oneof(odds, fc.constantFrom(1e-6, 0.01, 0.05)),
          length: fc.constantFrom(5, 6),
          pins: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 2000 })),
          days: fc.option(days),
        }),
        (attack) => chanceInMonth({ ...attack, days: attack.days ?? everyHour }) <= attack.odds,
      ),
      300,
    );
    for (const wanted of [0.001, 0.01, 0.05]) {
      const chance = chanceInMonth({ odds: wanted, length: 6, pins: 1, days: everyHour });
      t.ok(chance > 0.9 * wanted, `${wanted} is used up by the worst attacker: ${chance}`);
      t.ok(chance <= wanted, 'and not passed');
    }
  },
);

t.test(
  'a longer month does not hide in the odds: the bucket pays one full day and thirty that refill',
  async (t) => {
    for (const wanted of [1e-6, 0.01, 0.05]) {
      const capacity = dailyRisk(wanted);
      const cost = capacity / 1000;
      t.ok(guessesPaid(capacity, cost, [0]) <= 1000);
      const month = guessesPaid(capacity, cost, everyHour);
      t.ok(month <= 31_000 && month > 30_000, `${month} guesses that cost a thousandth each`);
      t.ok(
        2 * 31 * capacity <= wanted * (1 + 1e-12),
        'the buckets of both kinds together stay within the odds',
      );
    }
  },
);

t.test('more odds give a larger budget, and every budget is a finite number above zero', async (t) => {
  holds(
    t,
    'dailyRisk grows with the odds',
    fc.property(odds, odds, (one, other) => {
      const [less, more] = one < other ? [one, other] : [other, one];
      return dailyRisk(less) > 0 && dailyRisk(less) <= dailyRisk(more) && dailyRisk(more) < 0.001;
    }),
  );
  const { allows } = SETTINGS['pin.guessOdds'];
  for (const [value, allowed] of [
    [1e-6, true],
    [0.05, true],
    [9.9e-7, false],
    [0.0501, false],
    [0, false],
    [Number.NaN, false],
  ] as const)
    t.equal(allows(value), allowed, `odds of ${value}`);
});

t.test('the risk of a guess is its chance to hit at least, for PINs of all lengths together', async (t) => {
  t.equal(riskOfGuess({}), 0, 'where there is no PIN there is nothing to guess');
  t.equal(riskOfGuess({ 4: 500, 11: 500 }), 0, 'no PIN has such lengths');
  t.ok(Math.abs(riskOfGuess({ 5: 1 }) - 1e-5) < 1e-9);
  t.ok(Math.abs(riskOfGuess({ 10: 1 }) - 1e-10) < 1e-14, 'small ones keep their digits');
  t.ok(Number.isFinite(riskOfGuess({ 5: 100_000 })), 'also where every PIN is taken');
  t.ok(Number.isFinite(riskOfGuess({ 5: 300_000 })));
  const counts = fc
    .array(fc.nat(50_000), { minLength: LENGTHS.length, maxLength: LENGTHS.length })
    .map((list) => Object.fromEntries(LENGTHS.map((length, i) => [length, list[i] ?? 0])));
  holds(
    t,
    'never below the chance with any length of guess',
    fc.property(counts, fc.constantFrom(...LENGTHS), (pins, length) => {
      return riskOfGuess(pins) >= (pins[length] ?? 0) / 10 ** length;
    }),
  );
  holds(
    t,
    'one more PIN is more risk',
    fc.property(counts, fc.constantFrom(...LENGTHS), (pins, length) => {
      return riskOfGuess({ ...pins, [length]: (pins[length] ?? 0) + 1 }) > riskOfGuess(pins);
    }),
  );
  holds(
    t,
    'a digit more is less risk',
    fc.property(fc.integer({ min: 1, max: 50_000 }), fc.constantFrom(...LENGTHS.slice(1)), (pins, length) => {
      return riskOfGuess({ [length]: pins }) < riskOfGuess({ [length - 1]: pins });
    }),
  );
});

/** Wrong PINs that a day's budget pays, if that many PINs of that length could be hit. */
const budget = (wanted: number, length: number, pins: number) =>
  dailyRisk(wanted) / riskOfGuess({ [length]: pins });

t.test(
  'auto takes the shortest length that leaves honest visitors ten times their slips, and 100',
  async (t) => {
    holds(
      t,
      'the chosen length has room, the one shorter has not',
      fc.property(odds, fc.nat(100_000), fc.constantFrom(...LENGTHS), (wanted, known, of) => {
        const length = autoLength(wanted, { [of]: known });
        // As many PINs again may be issued for the same days; one in ten is typed wrong on a day.
        const pins = 2 * (known + 1);
        const needed = Math.max(100, 10 * (pins / 10));
        const fits = budget(wanted, length, pins) >= needed || length === PIN_MOST;
        const shorterFits = length > PIN_LEAST && budget(wanted, length - 1, pins) >= needed;
        return LENGTHS.includes(length) && fits && !shorterFits;
      }),
      500,
    );
    holds(
      t,
      'more PINs or smaller odds never make it shorter',
      fc.property(odds, fc.nat(50_000), fc.nat(50_000), (wanted, known, more) => {
        const length = autoLength(wanted, { 6: known });
        return (
          autoLength(wanted, { 6: known, 7: more }) >= length &&
          autoLength(wanted / 2, { 6: known }) >= length
        );
      }),
    );
  },
);

t.test('auto gives a small site short PINs and a large one long PINs', async (t) => {
  const rows: [odds: number, known: number, length: number][] = [
    [0.05, 0, 6],
    [0.01, 0, 7],
    [0.01, 7, 7],
    [0.01, 8, 8],
    [0.01, 50, 8],
    [0.01, 150, 9],
    [0.01, 300, 10],
    [0.01, 1_000_000, 10],
    [1e-6, 0, 10],
  ];
  for (const [wanted, known, length] of rows) {
    t.equal(autoLength(wanted, { 8: known }), length, `odds ${wanted}, ${known} PINs`);
    const spread = { 5: Math.floor(known / 2), 10: Math.ceil(known / 2) };
    t.equal(autoLength(wanted, spread), length, 'whatever lengths they have');
  }
});

t.test('a budget of 100 wrong PINs is enough, and ten times the slips; one less is not', async (t) => {
  for (const length of LENGTHS.slice(0, -1)) {
    for (const [known, needed] of [
      [0, 100],
      [49, 100],
      [99, 200],
      [499, 1000],
    ] as const) {
      const pins = 2 * (known + 1);
      const oddsFor = (failures: number) =>
        (0.01 / dailyRisk(0.01)) * failures * riskOfGuess({ [length]: pins });
      t.equal(autoLength(oddsFor(needed + 0.5), { 7: known }), length, `${known} PINs, ${length} digits`);
      t.equal(autoLength(oddsFor(needed - 0.5), { 7: known }), length + 1, 'one digit more');
    }
  }
});
