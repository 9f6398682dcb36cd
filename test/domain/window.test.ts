import fc from 'fast-check';
import t from 'tap';
import {
  lastPossibleEnd,
  opensAt,
  startBy,
  type TokenFacts,
  type TokenTerms,
  type TokenView,
  tellingOf,
  type ValidFrom,
  viewToken,
  windowOf,
} from '../../src/domain/window.js';
import { holds } from './property.js';

const NINE = Date.UTC(2026, 10, 23, 9);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FLOATING = ['check-in', 'first-use'] as const;

const terms = (validFrom: ValidFrom, more: Partial<TokenTerms> = {}): TokenTerms => ({
  validFrom,
  arrivalAt: NINE,
  earlyMs: 0,
  startWithinMs: 12 * HOUR,
  durationMs: HOUR,
  ...more,
});

const arrival = (more?: Partial<TokenTerms>) => terms('expected-arrival', more);

type Row = [at: number, expected: TokenView];

t.test('expected at nine for 60 minutes, a token is good from nine until ten, ten excluded', async (t) => {
  t.strictSame(windowOf(arrival()), { from: NINE, until: NINE + HOUR });
  const rest = { from: NINE, until: NINE + HOUR };
  const rows: Row[] = [
    [NINE - DAY, { state: 'upcoming', ...rest }],
    [NINE - 1, { state: 'upcoming', ...rest }],
    [NINE, { state: 'active', ...rest }],
    [NINE + 40 * MINUTE, { state: 'active', ...rest }],
    [NINE + HOUR - 1, { state: 'active', ...rest }],
    [NINE + HOUR, { state: 'expired', ...rest }],
    [NINE + DAY, { state: 'expired', ...rest }],
  ];
  for (const [at, expected] of rows) t.strictSame(viewToken(arrival(), {}, at), expected, `at ${at - NINE}`);
});

t.test('who may come early may come so many minutes early, and does not go earlier for that', async (t) => {
  const early = arrival({ earlyMs: 15 * MINUTE });
  t.equal(opensAt(early), NINE - 15 * MINUTE);
  t.strictSame(windowOf(early), { from: NINE - 15 * MINUTE, until: NINE + HOUR });
  t.equal(viewToken(early, {}, NINE - 15 * MINUTE - 1).state, 'upcoming');
  t.equal(viewToken(early, {}, NINE - 15 * MINUTE).state, 'active');
  for (const validFrom of FLOATING) t.equal(opensAt(terms(validFrom, { earlyMs: MINUTE })), NINE - MINUTE);
});

t.test('under expected-arrival a start moves nothing, and none is awaited', async (t) => {
  t.equal(startBy(arrival()), undefined);
  t.strictSame(windowOf(arrival(), NINE + 40 * MINUTE), { from: NINE, until: NINE + HOUR });
  t.notOk('startBy' in viewToken(arrival(), { startedAt: NINE + MINUTE }, NINE));
});

t.test('until it is started, a token that floats waits, and after startBy it has expired', async (t) => {
  for (const validFrom of FLOATING) {
    const token = terms(validFrom, { earlyMs: 15 * MINUTE, startWithinMs: 2 * HOUR });
    const by = NINE + 2 * HOUR;
    t.equal(startBy(token), by);
    t.equal(windowOf(token), undefined);
    const rows: Row[] = [
      [NINE - DAY, { state: 'waiting', startBy: by }],
      [NINE, { state: 'waiting', startBy: by }],
      [by, { state: 'waiting', startBy: by }],
      [by + 1, { state: 'expired', startBy: by }],
    ];
    for (const [at, expected] of rows)
      t.strictSame(viewToken(token, {}, at), expected, `${validFrom} at ${at - NINE}`);
  }
});

t.test('once started, a token that floats lasts its duration from then, past startBy too', async (t) => {
  for (const validFrom of FLOATING) {
    const token = terms(validFrom, { startWithinMs: 2 * HOUR });
    const startedAt = NINE + 2 * HOUR;
    const rest = { from: startedAt, until: startedAt + HOUR, startBy: startedAt };
    const rows: Row[] = [
      [startedAt - 1, { state: 'upcoming', ...rest }],
      [startedAt, { state: 'active', ...rest }],
      [startedAt + HOUR - 1, { state: 'active', ...rest }],
      [startedAt + HOUR, { state: 'expired', ...rest }],
    ];
    for (const [at, expected] of rows)
      t.strictSame(viewToken(token, { startedAt }, at), expected, `${validFrom} at ${at - NINE}`);
  }
});

t.test('a fixed end stands whatever the start, and no token is started after it', async (t) => {
  const endAt = NINE + 90 * MINUTE;
  t.strictSame(windowOf(arrival({ endAt })), { from: NINE, until: endAt });
  t.equal(viewToken(arrival({ endAt }), {}, endAt - 1).state, 'active', 'past the duration');
  t.equal(viewToken(arrival({ endAt }), {}, endAt).state, 'expired');
  for (const validFrom of FLOATING) {
    const token = terms(validFrom, { endAt });
    t.equal(startBy(token), endAt, 'twelve hours would be later');
    t.equal(startBy({ ...token, startWithinMs: MINUTE }), NINE + MINUTE, 'a minute is earlier');
    t.strictSame(windowOf(token, NINE + HOUR), { from: NINE + HOUR, until: endAt });
    t.equal(viewToken(token, { startedAt: NINE + HOUR }, endAt - 1).state, 'active');
    t.equal(viewToken(token, { startedAt: NINE + HOUR }, endAt).state, 'expired');
    t.equal(viewToken(token, {}, endAt + 1).state, 'expired', 'never started');
    t.equal(lastPossibleEnd(token), endAt);
  }
});

t.test('a token that was ended stays ended, before, in and after its window', async (t) => {
  const facts: TokenFacts = { endedAt: NINE + MINUTE };
  for (const at of [NINE - DAY, NINE + 2 * MINUTE, NINE + DAY]) {
    t.equal(viewToken(arrival(), facts, at).state, 'ended');
    t.equal(viewToken(terms('check-in'), facts, at).state, 'ended');
    t.equal(viewToken(terms('first-use'), { ...facts, startedAt: NINE }, at).state, 'ended');
  }
  t.strictSame(viewToken(terms('check-in'), facts, NINE), { state: 'ended', startBy: NINE + 12 * HOUR });
  t.strictSame(viewToken(arrival(), facts, NINE), { state: 'ended', from: NINE, until: NINE + HOUR });
});

t.test('the last possible end is what TTLs are made from', async (t) => {
  t.equal(lastPossibleEnd(arrival()), NINE + HOUR);
  t.equal(lastPossibleEnd(terms('check-in')), NINE + 13 * HOUR, 'started at the last moment');
  t.equal(lastPossibleEnd(terms('check-in'), NINE), NINE + HOUR, 'known once it is started');
});

t.test(
  'early is told within 24 hours before a token opens, expired within 24 hours after its end',
  async (t) => {
    t.strictSame(tellingOf(arrival({ earlyMs: MINUTE })), {
      from: NINE - MINUTE - DAY,
      until: NINE + HOUR + DAY,
    });
    t.strictSame(tellingOf(terms('first-use')), { from: NINE - DAY, until: NINE + 13 * HOUR + DAY });
    t.strictSame(tellingOf(terms('first-use'), NINE), { from: NINE - DAY, until: NINE + HOUR + DAY });
  },
);

/** Terms as registration makes them, and a start as the rules allow it. */
const tokens = fc
  .record({
    validFrom: fc.constantFrom<ValidFrom>('expected-arrival', 'check-in', 'first-use'),
    early: fc.nat(300),
    startWithin: fc.nat(1440),
    duration: fc.integer({ min: 1, max: 1440 }),
    end: fc.option(fc.integer({ min: 1, max: 2880 }), { nil: undefined }),
    start: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    now: fc.integer({ min: -DAY, max: 4 * DAY }),
  })
  .map(({ validFrom, early, startWithin, duration, end, start, now }) => {
    const token = terms(validFrom, {
      earlyMs: early * MINUTE,
      startWithinMs: startWithin * MINUTE,
      durationMs: duration * MINUTE,
      ...(end === undefined ? {} : { endAt: NINE + end * MINUTE }),
    });
    const [first, last] = [opensAt(token), startBy(token)];
    const floats = start !== undefined && last !== undefined;
    const facts: TokenFacts = floats ? { startedAt: Math.round(first + start * (last - first)) } : {};
    return { token, facts, now: NINE + now };
  });

t.test('whatever the terms, the views of a token agree with each other', async (t) => {
  holds(
    t,
    'a token is active exactly from its from until its until',
    fc.property(tokens, ({ token, facts, now }) => {
      const { state, from, until } = viewToken(token, facts, now);
      const inside = from !== undefined && until !== undefined && from <= now && now < until;
      return inside === (state === 'active');
    }),
    1000,
  );
  holds(
    t,
    'no window ends after the last possible end, started or not yet started',
    fc.property(tokens, ({ token, facts }) => {
      const window = windowOf(token, facts.startedAt);
      const latest = lastPossibleEnd(token);
      return (window?.until ?? 0) <= latest && lastPossibleEnd(token, facts.startedAt) <= latest;
    }),
    1000,
  );
  holds(
    t,
    'a window never begins before the token opens and never ends before it begins',
    fc.property(tokens, ({ token, facts }) => {
      const window = windowOf(token, facts.startedAt);
      return window === undefined || (window.from >= opensAt(token) && window.until >= window.from);
    }),
    1000,
  );
  const ORDER = { waiting: 0, upcoming: 0, active: 1, expired: 2, ended: 3 };
  holds(
    t,
    'as time passes a token goes on and never back',
    fc.property(tokens, fc.nat(2 * DAY), ({ token, facts, now }, later) => {
      const [first, second] = [viewToken(token, facts, now), viewToken(token, facts, now + later)];
      return ORDER[second.state] >= ORDER[first.state];
    }),
    1000,
  );
  holds(
    t,
    'a PIN tells only around the times at which it can be used, and always then',
    fc.property(tokens, ({ token, facts, now }) => {
      const telling = tellingOf(token, facts.startedAt);
      const usable =
        ['active', 'waiting'].includes(viewToken(token, facts, now).state) && now >= opensAt(token);
      return !usable || (telling.from <= now - DAY && now + DAY <= telling.until);
    }),
    1000,
  );
});
