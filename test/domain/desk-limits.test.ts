import t from 'tap';
import { beyondLimits } from '../../src/domain/desk-limits.js';
import { DEFAULTS, type Settings } from '../../src/domain/settings.js';
import { parseChange, parseRegistration, type Visit } from '../../src/domain/visit.js';

const NOW = Date.UTC(2026, 10, 23, 9);
const LIMITED: Settings = { ...DEFAULTS, 'desk.maxMinutes': 120, 'desk.maxDevices': 2, 'desk.daysAhead': 7 };

function asked(input: object): Visit {
  const parsed = parseRegistration({ name: 'Ada', expectedArrival: '2026-11-23T09:00', ...input }, LIMITED);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return { ...parsed.registration, id: 'v1', hasToken: true, createdAt: NOW, devices: [] };
}

const fields = (visit: Visit, before?: Visit, role: 'desk' | 'admin' | undefined = 'desk') =>
  beyondLimits(visit, before, role, LIMITED, NOW).map(({ field }) => field);

t.test('the desk may give what the limits allow and no more', async (t) => {
  t.same(fields(asked({ durationMinutes: 120, maxDevices: 2, expectedArrival: '2026-11-30T23:59' })), []);
  t.same(fields(asked({ durationMinutes: 121 })), ['durationMinutes']);
  t.same(fields(asked({ until: '2026-11-23T11:01' })), ['until']);
  t.same(fields(asked({ maxDevices: 3 })), ['maxDevices']);
  t.same(fields(asked({ expectedArrival: '2026-12-01T00:00' })), ['expectedArrival']);
  t.same(fields(asked({ expectedArrival: '2026-11-01T00:00' })), [], 'what is past may be entered');
});

t.test('nobody else is limited, and nobody where no limit is set', async (t) => {
  const long = asked({ durationMinutes: 9999, maxDevices: 50, expectedArrival: '2027-06-01T09:00' });
  t.same(fields(long, undefined, 'admin'), []);
  t.same(beyondLimits(long, undefined, undefined, LIMITED, NOW), [], 'the machine itself');
  t.same(beyondLimits(long, undefined, 'desk', DEFAULTS, NOW), []);
});

t.test('what an admin gave may stay, and not grow', async (t) => {
  const long = asked({ durationMinutes: 600, maxDevices: 5 });
  const change = (patch: object) => {
    const parsed = parseChange(patch, long);
    if (!parsed.ok) throw new Error('not parsed');
    return fields(parsed.visit, long);
  };
  t.same(change({ name: 'Ada Lovelace' }), []);
  t.same(change({ durationMinutes: 300 }), [], 'less than it was');
  t.same(change({ durationMinutes: 601 }), ['durationMinutes']);
  t.same(change({ maxDevices: 6 }), ['maxDevices']);
});

t.test('the words name the limit and who can give more', async (t) => {
  const [problem] = beyondLimits(asked({ durationMinutes: 121 }), undefined, 'desk', LIMITED, NOW);
  t.equal(problem?.message, 'The desk may give access for 2 hours at most. An admin can give more.');
});
