import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { eventually, HOUR, MINUTE } from '../fixtures/runtime.js';
import { type Capport, parseAsAndroid, parseAsShill } from '../fixtures/sheets/capport.js';
import { DETECTOR_IDS, DETECTORS, type DetectorId } from '../fixtures/sheets/detectors.js';
import { type Guests, startGuests } from '../fixtures/sheets/guests.js';
import type { Phone } from '../fixtures/sheets/phone.js';
import { iso } from '../fixtures/story.js';

/** Each has a portal of its own, and mostly waits. */
const BESIDE = { buffered: true };
t.jobs = 4;

const STATES = {
  captive: 'Not signed in',
  pending: 'PIN sent, router not ready',
  authorised: 'Let in',
  expired: 'Time over',
  'router-down': 'Router down',
  'redis-away': 'Redis away',
} as const;
type State = keyof typeof STATES;

/** What the detector concludes, and what the visitor sees. */
type Outcome = `${string}: ${string}`;
const WANTED: Record<State, Outcome> = {
  captive: 'portal: pin',
  pending: 'portal: connecting',
  authorised: 'online: connected',
  expired: 'portal: pin',
  'router-down': 'portal: connecting',
  'redis-away': 'portal: unavailable',
};

type Row = Partial<Record<State, Outcome>>;
type Seen = Map<DetectorId, Row>;

/** What the detector concludes now, and what its sheet shows. */
const seenBy = async (phone: Phone): Promise<Outcome> => `${await phone.look()}: ${phone.page().state}`;

async function note(seen: Seen, state: State, phones: Phone[]): Promise<void> {
  for (const phone of phones) {
    const row = seen.get(phone.id) ?? {};
    row[state] = await seenBy(phone);
    seen.set(phone.id, row);
  }
}

/** Waits as the page does: by its own refresh, and by nothing else. */
async function waitFor(phone: Phone, state: string): Promise<void> {
  await eventually(async () => {
    if (phone.page().state !== state) await phone.refresh();
    return phone.page().state === state;
  });
}

const each = (phones: Phone[], act: (phone: Phone) => Promise<unknown>) => Promise.all(phones.map(act));

/** Seven devices at once, through all states. */
async function live(t: Test, guests: Guests, seen: Seen): Promise<void> {
  const { guest, runtime, router } = guests;
  const phones = DETECTOR_IDS.map((id, i) => guests.phone(id, i + 1));
  const { pin } = await guest.visit({ maxDevices: phones.length });
  await note(seen, 'captive', phones);

  guests.hold();
  await each(phones, (phone) => phone.submit({ pin }));
  await note(seen, 'pending', phones);
  for (const phone of phones)
    t.ok(phone.isOpen(), `${phone.id}: no sheet closes before the router has said yes`);

  guests.release();
  await each(phones, (phone) => waitFor(phone, 'connected'));
  for (const phone of phones) {
    if (phone.detector.looksAgain !== 'at every page') continue;
    t.notOk(
      phone.isOpen(),
      `${phone.id}: the last page came by a full navigation, and the sheet closed at it`,
    );
  }
  await note(seen, 'authorised', phones);
  for (const phone of phones) {
    t.notOk(phone.isOpen(), phone.id);
    t.equal(phone.page().until, '2026-11-23T10:00:00.000Z', phone.id);
  }

  runtime.time.advance(HOUR);
  for (const phone of phones) {
    await phone.refresh();
    t.equal(phone.page().state, 'ended', `${phone.id}: a page that was left open says that it is over`);
  }
  await note(seen, 'expired', phones);

  const { pin: second } = await guest.visit({
    maxDevices: phones.length,
    expectedArrival: iso(runtime.time()),
  });
  await guests.goDown();
  await each(phones, (phone) => phone.submit({ pin: second }));
  runtime.time.advance(MINUTE);
  await each(phones, (phone) => phone.refresh());
  await note(seen, 'router-down', phones);
  await each(phones, async (phone) => {
    phone.close();
    t.equal(await seenBy(phone), 'portal: connecting', `${phone.id}: opened again, it finds its state`);
  });
  router.up = true;
  await each(phones, (phone) => waitFor(phone, 'connected'));

  runtime.time.advance(HOUR);
  for (const phone of phones) phone.close();
  await runtime.server.stop();
  await note(seen, 'redis-away', phones);
  await runtime.server.restart();
  await each(phones, (phone) => waitFor(phone, 'pin'));
}

const expected: Seen = new Map(DETECTOR_IDS.map((id) => [id, { ...WANTED }]));

for (const https of [false, true]) {
  const how = https ? 'over https, with RFC 8908' : 'over http';
  t.test(`seven detectors come to the right conclusion in every state, ${how}`, BESIDE, async (t) => {
    const seen: Seen = new Map();
    await live(t, await startGuests(t, { https }), seen);
    t.strictSame(Object.fromEntries(seen), Object.fromEntries(expected));
  });
}

t.test('RFC 8908 says the truth to Android and ChromeOS in every state, or nothing', BESIDE, async (t) => {
  const guests = await startGuests(t, { https: true });
  const { guest, runtime, apiUrl } = guests;
  const phone = guests.phone('android', 1);
  const ask = guests.network.device(guests.addressOf(1));
  const said = async (): Promise<[Capport, Capport]> => {
    const got = await ask(apiUrl, { headers: { accept: 'application/captive+json' } });
    const read = (parse: typeof parseAsShill) => JSON.parse(JSON.stringify(parse(apiUrl, got)));
    return [read(parseAsAndroid), read(parseAsShill)];
  };
  const both = (value: Capport) => [value, value];
  const captive = both({ captive: true, portalUrl: 'https://wifi.example.com/' });

  t.same(await said(), captive, 'captive');
  const { pin } = await guest.visit();
  await phone.look();
  guests.hold();
  await phone.submit({ pin });
  t.same(await said(), captive, 'pending');
  guests.release();
  await waitFor(phone, 'connected');
  const open = { captive: false, portalUrl: 'https://wifi.example.com/status', secondsLeft: 3600 };
  t.same(await said(), [open, { ...open, canExtend: false }], 'authorised');
  await phone.navigate(open.portalUrl);
  t.equal(phone.page().state, 'connected', 'what the device opens from its settings says the same');
  runtime.time.advance(HOUR - 500);
  t.same((await said())[1], { ...open, canExtend: false, secondsLeft: 0 }, 'in the last second');
  runtime.time.advance(500);
  t.same(await said(), captive, 'expired');

  const { pin: second } = await guest.visit({ expectedArrival: iso(runtime.time()) });
  await phone.look();
  await guests.goDown();
  await phone.submit({ pin: second });
  t.same(await said(), captive, 'router down, while its word on its clients is fresh');
  await guests.forgetTable();
  t.same(await said(), both({ rejected: 'status 503' }), 'router down, and who asks cannot be known');
  await runtime.server.stop();
  t.same(await said(), both({ rejected: 'status 503' }), 'Redis away');
});

t.test(
  'when the router is down for long, nobody is told to join the Wi-Fi that they are on',
  BESIDE,
  async (t) => {
    const guests = await startGuests(t);
    const { guest, router } = guests;
    const { pin } = await guest.visit();
    const phone = guests.phone('apple', 1);
    await phone.look();
    const form = phone.page();
    router.up = false;
    await eventually(async () => {
      await guests.forgetTable();
      phone.close();
      await phone.look();
      return phone.page().state === 'unavailable';
    });
    t.equal(phone.page().status, 503);
    t.equal(form.state, 'pin');
    await phone.navigate(form.url);
    t.equal(phone.page().state, 'unavailable');
    router.up = true;
    await waitFor(phone, 'pin');
    await phone.submit({ pin });
    await waitFor(phone, 'connected');
  },
);

t.test('the README’s table of sign-in sheets is what the detectors saw', async (t) => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const head = ['Device', ...Object.values(STATES), 'Its sheet then'];
  const rows = DETECTOR_IDS.map((id) => {
    const { name, after } = DETECTORS[id];
    const cells = (Object.keys(STATES) as State[]).map((state) => {
      const [verdict, page] = (expected.get(id)?.[state] ?? '').split(': ');
      return `${verdict}, \`${page}\``;
    });
    return row([name, ...cells, after]);
  });
  const table = [row(head), row(head.map(() => '---')), ...rows].join('\n');
  t.ok(readme.includes(table), `\n${table}`);
});
