import fc from 'fast-check';
import t from 'tap';
import { type Access, type Grant, type GrantState, grantState } from '../../src/domain/grant.js';
import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import { holds } from './property.js';

const UNTIL = 2000;
const client = { gateway: 'demo' as GatewayId, mac: '02:00:00:00:00:10' as ClientMac };

const grant = (more: Partial<Grant> = {}): Grant => ({
  id: 'g',
  visitId: 'v',
  ...client,
  from: 1000,
  until: UNTIL,
  ...more,
});

/** By default: the gateway did what we decided. */
const access = (more: Partial<Access> = {}): Access => ({
  ...client,
  until: UNTIL,
  version: 3,
  confirmedUntil: UNTIL,
  confirmedVersion: 3,
  passesUntil: 0,
  attempts: 0,
  handle: '',
  error: '',
  dead: false,
  ...more,
});

type Row = [what: string, grant: Grant, access: Access | undefined, now: number, state: GrantState];
const open = { confirmedVersion: 2 };
const none = { confirmedUntil: 0, confirmedVersion: 2 };

t.test(
  'a grant in force is active once the gateway confirmed it, and pending or failed until then',
  async (t) => {
    const rows: Row[] = [
      ['confirmed', grant(), access(), 1500, 'active'],
      ['confirmed, the last moment', grant(), access(), UNTIL - 1, 'active'],
      [
        'the gateway knows a later end, of another grant',
        grant(),
        access({ confirmedUntil: 9000 }),
        1500,
        'active',
      ],
      ['nothing is known yet', grant(), undefined, 1500, 'pending'],
      ['not yet confirmed', grant(), access(none), 1500, 'pending'],
      ['an older decision was confirmed', grant(), access(open), 1500, 'pending'],
      ['a shorter end was confirmed', grant(), access({ confirmedUntil: UNTIL - 1 }), 1500, 'pending'],
      ['a permanent fault', grant(), access({ ...none, dead: true }), 1500, 'failed'],
      ['confirmed before the fault', grant(), access({ dead: true }), 1500, 'active'],
    ];
    for (const [what, one, known, now, state] of rows) t.equal(grantState(one, known, now), state, what);
  },
);

t.test('a grant that is over is ending until the gateway confirmed that too', async (t) => {
  const over = grant({ endedAt: 1200 });
  const closed = { until: 0, confirmedUntil: 0 };
  const stillOpen = { until: 0, version: 4 };
  const rows: Row[] = [
    ['its time is up', grant(), access(), UNTIL, 'ended'],
    ['its time is up, and no access is known', grant(), undefined, UNTIL, 'ended'],
    ['revoked and confirmed', over, access(closed), 1500, 'ended'],
    ['revoked, nothing known', over, undefined, 1500, 'ended'],
    ['revoked, the gateway still lets it pass', over, access(stillOpen), 1500, 'ending'],
    ['revoked, and the gateway does not obey', over, access({ ...stillOpen, dead: true }), 1500, 'failed'],
    ['revoked, and the gateway ended it by itself', over, access(stillOpen), UNTIL, 'ended'],
    [
      'revoked, and let in earlier until later',
      over,
      access({ ...stillOpen, ...none, passesUntil: UNTIL, dead: true }),
      1500,
      'failed',
    ],
    ['revoked before it was ever confirmed', over, access({ ...none, until: 0 }), 1500, 'ended'],
    ['replaced by another that goes on', over, access({ until: 9000, version: 4 }), 1500, 'ended'],
  ];
  for (const [what, one, known, now, state] of rows) t.equal(grantState(one, known, now), state, what);
});

t.test('before its end only pending, active or failed, after it never pending or active', async (t) => {
  const known = fc.option(
    fc
      .record({
        until: fc.nat(4000),
        version: fc.nat(3),
        confirmedUntil: fc.nat(4000),
        confirmedVersion: fc.nat(3),
        dead: fc.boolean(),
      })
      .map(access),
    { nil: undefined },
  );
  const endedAt = fc.option(fc.integer({ min: 1000, max: 1999 }), { nil: undefined });
  holds(
    t,
    'whatever the gateway said',
    fc.property(known, endedAt, fc.integer({ min: 1000, max: 3000 }), (one, ended, now) => {
      const state = grantState(grant(ended === undefined ? {} : { endedAt: ended }), one, now);
      const live = ended === undefined && now < UNTIL;
      return (live ? ['pending', 'active', 'failed'] : ['ending', 'ended', 'failed']).includes(state);
    }),
    1000,
  );
});
