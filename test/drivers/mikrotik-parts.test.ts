import fc from 'fast-check';
import t from 'tap';
import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import { networkOf } from '../../src/drivers/mikrotik/check.js';
import { formatDuration, parseDuration } from '../../src/drivers/mikrotik/duration.js';
import { mikrotik } from '../../src/drivers/mikrotik/index.js';
import { readMark, userName, writeMark } from '../../src/drivers/mikrotik/marks.js';
import { rateOf } from '../../src/drivers/mikrotik/profiles.js';
import { holds } from '../domain/property.js';
import { wireDuration } from '../emulators/mikrotik-quirks.js';

const GATEWAY = 'main' as GatewayId;
const MAC = '02:00:00:00:00:0a' as ClientMac;
const FIELDS = {
  url: 'https://192.168.88.1',
  username: 'foyer',
  password: 'hunter2-of-the-router',
  binding: false,
};
const read = (query: Record<string, string>, more: object = {}) =>
  mikrotik.parseRedirect(query, { ...FIELDS, ...more }, '');

t.test('durations are read as RouterOS writes them', async (t) => {
  for (const [text, seconds] of [
    ['47m56s', 2876],
    ['1h30m', 5400],
    ['1w2d3h4m5s', 788_645],
    ['0s', 0],
    ['1s500ms', 1.5],
    ['500ms', 0.5],
    ['3600', 3600],
    ['3600s', 3600],
    ['1h', 3600],
    ['01:00:00', 3600],
    ['2d01:02:03', 176_523],
    ['1w2d01:02:03', 781_323],
    ['00:00:01.5', 1],
  ] as const)
    t.equal(parseDuration(text), seconds, text);
  for (const text of [undefined, '', 'none', '1x', 's', '-1s', '1m1h', '1:2:3', `${'1'.repeat(50)}s`])
    t.equal(parseDuration(text), undefined, String(text));
});

t.test('every duration is read back, and none is ever 0', async (t) => {
  holds(
    t,
    'as the router writes it',
    fc.property(fc.nat(10_000_000), (seconds) => parseDuration(wireDuration(seconds * 1000)) === seconds),
  );
  holds(
    t,
    'as Foyer writes it: rounded up, at least a second',
    fc.property(fc.double({ min: -1e6, max: 1e7, noNaN: true }), (seconds) => {
      const written = formatDuration(seconds);
      return /^[1-9]\d*s$/.test(written) && parseDuration(written) === Math.max(1, Math.ceil(seconds));
    }),
  );
  holds(
    t,
    'no text makes the parser fail',
    fc.property(fc.string(), (text) => (parseDuration(text) ?? 0) >= 0),
  );
});

t.test('a comment says whose row it is and until when, and others are not ours', async (t) => {
  const mark = { until: 1_800_000_000_000, at: 1_700_000_000_000, waits: false };
  t.equal(writeMark(GATEWAY, mark), 'foyer:main:exp=1800000000:at=1700000000');
  t.equal(writeMark(GATEWAY, { until: 1001, at: 1999, waits: true }), 'foyer:main:exp=2:at=1:waits');
  t.strictSame(readMark(GATEWAY, writeMark(GATEWAY, mark)), mark);
  for (const comment of [
    undefined,
    '',
    'front desk',
    'foyer:main:',
    'foyer:main2:exp=1:at=1',
    'foyer:main:exp=1:at=1:x',
    'xfoyer:main:exp=1:at=1',
    'foyer:main:exp=-1:at=1',
  ])
    t.equal(readMark(GATEWAY, comment), undefined, String(comment));
  t.equal(userName(GATEWAY, MAC), 'foyer-main-02000000000a');
});

t.test('of two rates the upload comes first', async (t) => {
  t.equal(rateOf({ upKbps: 2048, downKbps: 8192, quotaMB: 1 }), '2048k/8192k');
  t.equal(rateOf({ downKbps: 8192 }), '0k/8192k');
  t.equal(rateOf({ quotaMB: 1 }), undefined);
});

t.test('the network of an address is that of its prefix', async (t) => {
  t.equal(networkOf('10.5.50.1/24'), '10.5.50.0/24');
  t.equal(networkOf('192.168.255.254/20'), '192.168.240.0/20');
  t.equal(networkOf('203.0.113.7/32'), '203.0.113.7/32');
  for (const text of ['10.5.50.1', '10.5.50.256/24', '10.5.50.1/0', 'fe80::1/64'])
    t.equal(networkOf(text), undefined, text);
});

t.test('a redirect is read as login.html makes it', async (t) => {
  const query = {
    mac: '02:00:00:00:00:0A',
    ip: '10.5.50.7',
    server: 'hotspot1',
    dst: 'http://neverssl.com/?a=b',
  };
  t.strictSame(read(query), {
    mac: MAC,
    ip: '10.5.50.7',
    url: 'http://neverssl.com/?a=b',
    keyed: false,
  });
  t.strictSame(read(query, { hotspot: 'hotspot1' }), read(query));
  t.equal(read(query, { hotspot: 'hotspot2' }), undefined, 'the guests of another hotspot');
});

t.test('what the hotspot does not know is left out', async (t) => {
  t.strictSame(read({ mac: '---', ip: '10.5.50.7', server: '---', dst: '' }), {
    ip: '10.5.50.7',
    keyed: false,
  });
  t.strictSame(read({ mac: '---', ip: '---' }), { keyed: false });
});

t.test('what is malformed is refused, and a very long way is forgotten', async (t) => {
  const good = { mac: '02:00:00:00:00:0A', ip: '10.5.50.7' };
  t.equal(read({}), undefined);
  t.equal(read({ mac: good.mac }), undefined);
  for (const mac of ['$(mac-esc)', 'FF:FF:FF:FF:FF:FF', '02:00:00:00:00', '"><script>'])
    t.equal(read({ ...good, mac }), undefined, mac);
  for (const ip of ['10.5.50', '::1', '10.5.50.7, 10.5.50.8', '$(ip-esc)'])
    t.equal(read({ ...good, ip }), undefined, ip);
  t.match(read({ ...good, dst: `http://x/${'a'.repeat(5000)}` }), { mac: MAC, url: undefined });
  holds(
    t,
    'nothing makes it throw, or say that it is keyed',
    fc.property(fc.dictionary(fc.constantFrom('mac', 'ip', 'server', 'dst'), fc.string()), (query) => {
      const claim = read(query);
      return claim === undefined || claim.keyed === false;
    }),
  );
});

const rulesOf = (more: object = {}, fields: object = {}) =>
  mikrotik.rules?.({ gateway: GATEWAY, guestPort: 8080, fields: { ...FIELDS, ...fields }, ...more });

t.test('the rules are commands and a page, with the portal in both', async (t) => {
  const text = (await rulesOf({ portalUrl: 'https://wifi.example.com' }, { hotspot: 'hotspot1' })) ?? '';
  t.match(text, '/user/group/add name=foyer policy=read,write,rest-api');
  t.match(text, '/user/add name="foyer" group=foyer');
  t.match(text, 'add name="foyer" shared-users=1 add-mac-cookie=no idle-timeout=none keepalive-timeout=none');
  t.match(text, '/ip/hotspot/get "hotspot1" profile');
  t.match(
    text,
    'walled-garden/ip/add action=accept protocol=tcp dst-port=443 dst-host="wifi.example.com" comment="foyer:main:portal"',
  );
  const target =
    'https://wifi.example.com/enter/main?mac=$(mac-esc)&amp;ip=$(ip-esc)&amp;server=$(server-name-esc)&amp;dst=$(link-orig-esc)';
  t.ok(text.includes(`<meta http-equiv="refresh" content="0; url=${target}">`));
  t.notMatch(text, FIELDS.password, 'no password is printed');
});

t.test('every variable of the page is the escaped one', async (t) => {
  const text = (await rulesOf()) ?? '';
  const page = text.slice(text.indexOf('<!doctype html>'));
  const variables = [...page.matchAll(/\$\(([^)]*)\)/g)].map(([, name]) => name);
  t.ok(variables.length > 0);
  for (const name of variables) t.match(name, /-esc$/);
});

t.test('the page that is printed can be had as the two files that go onto the router', async (t) => {
  const portalUrl = 'https://wifi.example.com';
  const context = { gateway: 'main' as GatewayId, fields: FIELDS, guestPort: 8080 };
  const files = (await mikrotik.files?.({ ...context, portalUrl })) ?? [];
  t.strictSame(
    files.map(({ name }) => name),
    ['login.html', 'rlogin.html'],
  );
  const printed = (await rulesOf({ portalUrl })) ?? '';
  for (const { content } of files)
    t.ok(printed.endsWith(`\n${content}`) && content.includes('<!doctype html>'));
  await t.rejects(async () => mikrotik.files?.(context), { code: 'misconfigured', message: /PORTAL_URL/ });
});

t.test('an address of the portal is one, and where none is known it says what to fill in', async (t) => {
  t.match(await rulesOf({ portalUrl: 'http://192.0.2.10:8080' }), 'dst-port=8080 dst-address=192.0.2.10 ');
  const text = (await rulesOf()) ?? '';
  t.match(text, 'dst-port=8080 dst-address=ADDRESS ');
  t.match(text, '# ADDRESS: the address at which guests reach Foyer.');
  t.match(text, 'http://ADDRESS:8080/enter/main?');
});

t.test('where there is an API of RFC 8908, DHCP tells of it', async (t) => {
  const captiveApiUrl = 'https://wifi.example.com/captive-portal/api';
  t.match(await rulesOf({ captiveApiUrl }), `code=114 value="s'${captiveApiUrl}'"`);
  t.notMatch(await rulesOf(), 'code=114');
});
