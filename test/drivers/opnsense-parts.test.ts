import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import type { ClientMac } from '../../src/domain/id.js';
import { DriverError } from '../../src/drivers/driver.js';
import {
  createApi,
  nameOf,
  neighboursOf,
  sessionOf,
  settingsOf,
  zonesOf,
} from '../../src/drivers/opnsense/api.js';
import type { OpnsenseFields } from '../../src/drivers/opnsense/fields.js';
import { opnsense } from '../../src/drivers/opnsense/index.js';
import { holds } from '../domain/property.js';
import { startHttpRouter } from '../emulators/http-router.js';
import { KEY, SECRET } from '../emulators/opnsense.js';
import { MAC } from './contract.js';

const fields: OpnsenseFields = { url: 'https://192.168.1.1', apiKey: KEY, apiSecret: SECRET, zone: 2 };
const parse = (query: Record<string, string>) => opnsense.parseRedirect(query, fields, '');

t.test('session ids arrive as they are, with their +, / and =', async (t) => {
  const arrived: (string | null)[] = [];
  const bodies: string[] = [];
  const router = await startHttpRouter(t, ({ body }) => {
    bodies.push(body);
    arrived.push(new URLSearchParams(body).get('sessionId'));
    return { body: '{"terminateCause":"UNKNOWN"}' };
  });
  const api = createApi({ fields: { ...fields, url: router.url } });
  t.teardown(api.close);
  const ids = [
    '+/+/+/+/+/+/+/+/+/+/+w==',
    'AAAAAAAAAAAAAAAAAAAAAA==',
    ...Array.from({ length: 100 }, () => randomBytes(16).toString('base64')),
  ];
  for (const id of ids) await api.disconnect(id);
  t.strictSame(arrived, ids);
  t.equal(bodies[0], 'sessionId=%2B%2F%2B%2F%2B%2F%2B%2F%2B%2F%2B%2F%2B%2F%2B%2F%2B%2F%2B%2F%2Bw%3D%3D');
});

t.test(
  'every answer that is none of the API is a fault with a name, and holds nothing of what it was',
  async (t) => {
    let reply: { status: number; body: string; headers?: Record<string, string> } = { status: 200, body: '' };
    const router = await startHttpRouter(t, () => reply);
    const api = createApi({ fields: { ...fields, url: router.url } });
    t.teardown(api.close);
    for (const [status, body, code] of [
      [302, '', 'misconfigured'],
      [400, '{"status":400,"message":"Invalid JSON syntax"}', 'bad-answer'],
      [401, '', 'login-refused'],
      [403, '{"status":403,"message":"Forbidden"}', 'not-permitted'],
      [404, '{"errorMessage":"Endpoint not found"}', 'not-supported'],
      [500, `{"errorMessage":"<b>${SECRET}</b>"}`, 'bad-answer'],
      [200, '', 'bad-answer'],
      [200, 'null', 'bad-answer'],
      [200, '{}', 'bad-answer'],
      [200, '[{"sessionId":7}]', 'bad-answer'],
      [200, '[[]]', 'bad-answer'],
    ] as const) {
      reply = { status, body, headers: status === 302 ? { location: '/login' } : {} };
      const error = await api.sessions().then(
        () => undefined,
        (error: unknown) => error,
      );
      t.ok(error instanceof DriverError && error.code === code, `${status} ${body}: ${error}`);
      t.notMatch(String(error), SECRET);
      t.notMatch(String(error), KEY);
    }
    reply = { status: 400, body: '{"status":400,"message":"Invalid JSON syntax"}' };
    await t.rejects(api.sessions(), /400: Invalid JSON syntax/);
  },
);

t.test('a session is ours by its name and by how it was made', async (t) => {
  const row = {
    zoneid: 0,
    sessionId: 'x==',
    authenticated_via: 'API',
    userName: nameOf(MAC),
    ipAddress: 'fe80::1',
    macAddress: '02:00:00:00:AA:01',
    ipAddresses: ['10.0.0.11', 'fe80::1', 'nonsense'],
  };
  t.strictSame(sessionOf(row), {
    id: 'x==',
    ours: MAC,
    mac: MAC,
    ips: ['fe80::1', '10.0.0.11'],
    always: false,
  });
  for (const userName of [
    'foyer-02000000aa0',
    'foyer-01000000aa01',
    'Foyer-02000000aa01',
    'x foyer-02000000aa01',
    null,
  ])
    t.equal(sessionOf({ ...row, userName })?.ours, undefined, String(userName));
  t.equal(sessionOf({ ...row, authenticated_via: 'Vouchers' })?.ours, undefined);
  t.equal(sessionOf({ ...row, macAddress: null })?.mac, undefined);
  t.strictSame(sessionOf({ ...row, ipAddress: '', ipAddresses: undefined })?.ips, []);
  t.ok(sessionOf({ ...row, authenticated_via: '---mac---' })?.always);
  t.equal(sessionOf([]), undefined);
});

t.test('whatever a router answers, reading it throws nothing', async (t) => {
  holds(
    t,
    'read or refused',
    fc.property(fc.jsonValue(), (value) => {
      sessionOf(value);
      zonesOf(value);
      neighboursOf(value);
      settingsOf(value, 0);
      neighboursOf({ rows: value });
      settingsOf({ rows: [value] }, 0);
    }),
  );
});

t.test('zones are numbers with names, in either form', async (t) => {
  t.strictSame(
    [...(zonesOf(['Guests', 'Staff']) ?? [])],
    [
      [0, 'Guests'],
      [1, 'Staff'],
    ],
  );
  t.strictSame([...(zonesOf({ 3: 'Guests' }) ?? [])], [[3, 'Guests']]);
  t.strictSame([...(zonesOf([]) ?? [])], []);
  t.equal(zonesOf('Guests'), undefined);
});

t.test('a redirect is a claim about a client of this zone', async (t) => {
  t.strictSame(parse({ zone: '2' }), { keyed: false });
  t.strictSame(
    parse({ zone: '2', ip: '10.0.0.5', mac: '02:00:00:00:AA:01', redirurl: 'example.org/a?b=c&d=/e' }),
    { mac: MAC, ip: '10.0.0.5', via: '10.0.0.5', url: 'http://example.org/a?b=c&d=/e', keyed: false },
  );
});

t.test('a redirect of another zone, or with an address that is none, is refused', async (t) => {
  for (const query of [
    {},
    { zone: '1' },
    { zone: '02' },
    { zone: ' 2' },
    { zone: '2', ip: '10.0.0.500' },
    { zone: '2', ip: '' },
    { zone: '2', mac: '' },
    { zone: '2', mac: '01:00:00:00:00:01' },
    { zone: '2', mac: 'x'.repeat(10_000) },
  ] as Record<string, string>[])
    t.equal(parse(query), undefined, JSON.stringify(query).slice(0, 80));
});

t.test('a page that is too long or no page is left out, and the client comes in all the same', async (t) => {
  for (const redirurl of [
    '',
    `example.org/${'a'.repeat(1000)}`,
    'exa mple.org',
    'a@b.org',
    ':80',
    '\u0000',
    'ä.org',
  ])
    t.strictSame(parse({ zone: '2', redirurl }), { keyed: false }, redirurl.slice(0, 20));
});

t.test('a redirect of any text is read or refused, and never throws', async (t) => {
  const text = fc.oneof(fc.string(), fc.constantFrom('2', '10.0.0.5', MAC, 'example.org/'));
  holds(
    t,
    'a bounded claim that is not keyed, or none',
    fc.property(fc.dictionary(fc.constantFrom('zone', 'ip', 'mac', 'redirurl'), text), (query) => {
      const claim = parse(query);
      return claim === undefined || (claim.keyed === false && (claim.url?.length ?? 0) < 4000);
    }),
  );
});

t.test('a device’s name is its own', async (t) => {
  t.equal(nameOf('02:00:00:00:aa:01' as ClientMac), 'foyer-02000000aa01');
});
