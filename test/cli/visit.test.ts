import t from 'tap';
import { isRefusal, type Json, startCli } from '../fixtures/cli.js';
import { MINUTE } from '../fixtures/runtime.js';

const ADA = ['visit', 'add', '--name', 'Ada Lovelace', '--email', 'ada@example.com', '--arrives'];
const iso = (at: number) => new Date(at).toISOString();

t.test('a visit is registered with its PIN, as the API answers it', async (t) => {
  const cli = await startCli(t);
  const api = await cli.api();
  const made = await cli.json(...ADA, '2099-11-23T09:00', '--host-email', 'charles@example.com');
  t.match(made, {
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    hostEmail: 'charles@example.com',
    expectedArrival: '2099-11-23T09:00',
    timeZone: 'Europe/Berlin',
    durationMinutes: 60,
    maxDevices: 2,
    state: 'expected',
    token: { state: 'upcoming', from: '2099-11-23T08:00:00.000Z', until: '2099-11-23T09:00:00.000Z' },
    pin: /^\d{5,10}$/,
  });
  t.same(await api.get(`/visits/${made.id}?include=pin`), made);
  const { pin, claimUrl, ...without } = made;
  t.match(claimUrl, /^http:\/\/localhost:8080\/claim\/[A-Za-z0-9_-]{22}$/);
  t.same(await cli.json('visit', 'show', made.id), without);
  t.same(await api.get(`/visits/${made.id}`), without);

  const text = await cli.run(...ADA, '2099-11-23T09:00');
  t.equal(text.code, 0);
  t.match(text.out, /^PIN +\d{5,10}$/m);
  t.match(text.out, /^Arrival +2099-11-23T09:00 Europe\/Berlin$/m);
});

t.test('times, lengths and devices are taken in every form', async (t) => {
  const cli = await startCli(t);
  const cases: [string[], object][] = [
    [['2099-11-23T09:00+09:00'], { expectedArrival: '2099-11-23T01:00', durationMinutes: 60 }],
    [['2099-11-23T08:00:00Z'], { expectedArrival: '2099-11-23T09:00' }],
    [
      ['2099-11-23T09:00', '--minutes', '90'],
      { durationMinutes: 90, token: { until: '2099-11-23T09:30:00.000Z' } },
    ],
    [['2099-11-23T09:00', '--until', '2099-11-23T17:00'], { durationMinutes: 480 }],
    [['2099-11-23T09:00', '--until=2099-11-23T17:00Z'], { durationMinutes: 540 }],
    [['2099-11-23T09:00', '--devices', '5'], { maxDevices: 5 }],
    [['2001-01-01T09:00'], { state: 'no-show', token: { state: 'expired' } }],
    [
      ['2027-10-31T02:30+01:00'],
      { expectedArrival: '2027-10-31T02:30', token: { from: '2027-10-31T01:30:00.000Z' } },
    ],
  ];
  for (const [words, wanted] of cases) t.match(await cli.json(...ADA, ...words), wanted, words.join(' '));
});

t.test('what cannot be registered is refused with every field as it was typed', async (t) => {
  const cli = await startCli(t);
  const add = ['visit', 'add', '--name', 'Ada', '--arrives'];
  const cases: [string[], RegExp[]][] = [
    [['2027-03-28T02:30'], [/--arrives: .*does not exist/, /2027-03-28T00:30:00Z/, /2027-03-28T01:30:00Z/]],
    [['2027-10-31T02:30'], [/--arrives: .*exists twice/, /2027-10-31T00:30:00Z/, /2027-10-31T01:30:00Z/]],
    [
      ['2027-10-30T09:00', '--until', '2027-10-31T02:30'],
      [/--until: .*exists twice/, /T00:30:00Z or .*T01:30:00Z/],
    ],
    [['2099-11-23T09:00', '--until', '2099-11-23T08:00'], [/--until must be later/]],
    [
      ['tomorrow', '--email', 'ada', '--minutes', '0', '--devices', '0', '--host-email', 'charles'],
      [/^foyer: --email: /, /^--arrives: "tomorrow" is no time/m, /^--minutes is a whole number from 1/m],
    ],
    [
      ['tomorrow', '--devices', '101', '--host-email', 'charles'],
      [/--arrives/, /--devices is/, /--host-email: .*e-mail/],
    ],
  ];
  for (const [words, says] of cases) {
    const said = await cli.run(...add, ...words, '--json');
    t.ok(isRefusal(said, ...says), said.err);
  }
  t.same((await cli.json('visit', 'list')).items, [], 'nothing was registered');
});

t.test('an end is moved by minutes, to a length, and to a time', async (t) => {
  const cli = await startCli(t);
  const api = await cli.api();
  const { id } = await cli.json(...ADA, '2099-11-23T09:00');
  const steps: [string[], string][] = [
    [['--by', '30'], '2099-11-23T09:30:00.000Z'],
    [['--by', '30'], '2099-11-23T10:00:00.000Z'],
    [['--minutes', '45'], '2099-11-23T08:45:00.000Z'],
    [['--until', '2099-11-23T12:00'], '2099-11-23T11:00:00.000Z'],
    [['--by', '15'], '2099-11-23T11:15:00.000Z'],
    [['--minutes', '60'], '2099-11-23T09:00:00.000Z'],
  ];
  for (const [words, until] of steps) {
    const visit = await cli.json('visit', 'extend', id, ...words);
    t.equal(visit.token.until, until, words.join(' '));
    t.same(await api.get(`/visits/${id}`), visit);
  }
  const said = await cli.run('visit', 'extend', id, '--until', '2099-11-23T08:00');
  t.ok(isRefusal(said, /--until must be later/), said.err);
  t.match(
    (await cli.run('visit', 'extend', id, '--by', '5')).out,
    /2099-11-23T09:00 to 2099-11-23T10:05 Europe\/Berlin/,
  );
});

t.test('a visit goes its way from check-in to check-out, or is cancelled', async (t) => {
  const cli = await startCli(t);
  const api = await cli.api();
  const first = await cli.json(...ADA, '2099-11-23T09:00');
  const second = await cli.json(...ADA, '2099-11-24T09:00');
  const steps: [Json, string, object | RegExp][] = [
    [first, 'check-in', { state: 'checked-in', checkedInAt: /Z$/ }],
    [first, 'check-in', /checked in already/],
    [first, 'check-out', { state: 'checked-out', token: { state: 'ended' } }],
    [first, 'check-out', /has checked out/],
    [first, 'reissue', /has checked out/],
    [second, 'cancel', { state: 'cancelled', token: { state: 'ended' } }],
    [second, 'cancel', { state: 'cancelled' }],
    [second, 'check-in', /is cancelled/],
    [second, 'show --pin', /PIN of this visit is erased/],
  ];
  for (const [{ id }, name, wanted] of steps) {
    const [verb = '', ...more] = name.split(' ');
    if (wanted instanceof RegExp) {
      const said = await cli.run('visit', verb, id, ...more, '--json');
      t.ok(isRefusal(said, wanted), `${name}: ${said.err}`);
      continue;
    }
    const visit = await cli.json('visit', verb, id);
    t.match(visit, wanted, name);
    t.same(await api.get(`/visits/${id}`), visit);
  }
  const said = await cli.run('visit', 'extend', second.id, '--by', '5');
  t.ok(isRefusal(said, /is cancelled/), said.err);
});

t.test('a new PIN takes the place of the old one', async (t) => {
  const cli = await startCli(t);
  const api = await cli.api();
  const made = await cli.json(...ADA, '2099-11-23T09:00');
  const issued = await cli.json('visit', 'reissue', made.id);
  t.not(issued.pin, made.pin);
  t.same(await api.get(`/visits/${made.id}?include=pin`), issued);
  t.match((await cli.run('visit', 'reissue', made.id, '--drop-devices')).out, /^PIN +\d+$/m);
});

t.test('a PIN is shown again only when asked, and that is logged', async (t) => {
  const cli = await startCli(t);
  const made = await cli.json(...ADA, '2099-11-23T09:00');
  t.notOk((await cli.run('visit', 'show', made.id)).out.includes(made.pin));
  t.notMatch(await cli.log(), /pin\.shown/);
  t.match((await cli.run('visit', 'show', made.id, '--pin')).out, new RegExp(`^PIN +${made.pin}$`, 'm'));
  const [[, last = []] = []] = await cli.server.redis.xrevrange('foyer:{main}:events', '+', '-', 'COUNT', 1);
  t.match(last.join(' '), new RegExp(`pin\\.shown.*visit ${made.id} by command-line`));
  t.same(await cli.json('visit', 'show', made.id, '--pin'), made);
});

t.test('what names no visit and no grant is refused by every command', async (t) => {
  const cli = await startCli(t);
  const { id } = await cli.json(...ADA, '2099-11-23T09:00');
  for (const name of ['nobody', `${id}:grants`, '']) {
    for (const line of [
      'show',
      'show --pin',
      'extend --by 5',
      'cancel',
      'check-in',
      'check-out',
      'reissue',
    ]) {
      const [verb = '', ...more] = line.split(' ');
      const said = await cli.run('visit', verb, name, ...more);
      t.ok(isRefusal(said, /There is no visit/), `${line} ${name}: ${said.err}`);
    }
    t.ok(isRefusal(await cli.run('grant', 'revoke', name), /There is no grant/), name);
    t.ok(isRefusal(await cli.run('grant', 'list', '--visit', name), /There is no visit/), name);
  }
});

t.test('a list takes words, a state and a span, and answers as the API does', async (t) => {
  const cli = await startCli(t);
  const api = await cli.api();
  const add = (name: string, arrives: string, host: string) =>
    cli.json('visit', 'add', '--name', name, '--arrives', arrives, '--host-email', host);
  const ada = await add('Ada Lovelace', '2099-11-23T09:00', 'charles@example.com');
  const grace = await add('Grace Hopper', '2099-11-23T23:30', 'howard@example.com');
  const alan = await add('Alan Türing', '2099-11-24T00:30', 'max@example.com');
  await cli.run('visit', 'check-in', alan.id);
  const cases: [string[], Json[]][] = [
    [[], [ada, grace, alan]],
    [['--q', 'love'], [ada]],
    [['--q', 'turing MAX'], [alan]],
    [['--q', 'nobody'], []],
    [['--state', 'checked-in'], [alan]],
    [
      ['--state', 'expected'],
      [ada, grace],
    ],
    [['--from', '2099-11-24'], [alan]],
    [
      ['--to', '2099-11-23'],
      [ada, grace],
    ],
    [['--from', '2099-11-23T10:00', '--to', '2099-11-24T00:00'], [grace]],
    [['--q', 'hopper', '--state', 'checked-in'], []],
  ];
  for (const [words, wanted] of cases) {
    const list = await cli.json('visit', 'list', ...words);
    t.same(
      list.items.map(({ id }) => id),
      wanted.map(({ id }) => id),
      words.join(' '),
    );
    const query = new URLSearchParams();
    for (let i = 0; i < words.length; i += 2) query.set((words[i] ?? '').slice(2), words[i + 1] ?? '');
    t.same(await api.get(`/visits?${query}`), list, words.join(' '));
  }
  const text = await cli.run('visit', 'list', '--q', 'grace');
  t.match(text.out, /^VISIT .*\n\S+ +2099-11-23T23:30 +Grace Hopper +expected +upcoming, /);
  t.notOk(text.out.includes(grace.pin));
  const said = await cli.run('visit', 'list', '--from', 'soon', '--to', '2099-02-30');
  t.ok(isRefusal(said, /--from: "soon"/, /--to: /), said.err);
});

t.test('grants are listed, follow their visit, and are revoked, as the API says too', async (t) => {
  const cli = await startCli(t);
  await cli.json('gateway', 'set', 'lobby', '--kind', 'demo');
  const api = await cli.api();
  const arrival = Math.floor(Date.now() / MINUTE) * MINUTE - MINUTE;
  const [ada, alan] = [await cli.json(...ADA, iso(arrival)), await cli.json(...ADA, iso(arrival))];
  for (const [i, { id }] of [ada, alan].entries())
    await api.post(`/visits/${id}/devices`, { mac: `02:00:00:00:00:1${i}`, gateway: 'lobby' });

  const list = await cli.json('grant', 'list');
  t.equal(list.items.length, 2);
  t.same(await api.get('/grants'), list);
  const mine = await cli.json('grant', 'list', '--visit', ada.id);
  t.match(mine.items, [{ visitId: ada.id, mac: '02:00:00:00:00:10', gateway: 'lobby', state: 'pending' }]);
  t.match((await cli.run('grant', 'list')).out, /^GRANT .*\n\S+ +lobby +02:00:00:00:00:1/);

  await cli.json('visit', 'extend', ada.id, '--by', '30');
  const [grant] = (await cli.json('grant', 'list', '--visit', ada.id)).items;
  t.equal(grant?.until, iso(arrival + 90 * MINUTE));
  const revoked = await cli.json('grant', 'revoke', String(grant?.id));
  t.match(revoked, { id: grant?.id, state: /^end(ing|ed)$/, endedAt: /Z$/ });
  t.same((await api.get(`/grants?visit=${ada.id}`)).items, [revoked]);
  t.match((await cli.run('grant', 'revoke', revoked.id)).out, /^Grant \S+ is end/, 'again is no error');

  t.match((await cli.run('visit', 'cancel', alan.id)).out, /devices taken off the network: 1\./);
});
