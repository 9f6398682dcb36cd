import { createCipheriv, createHash } from 'node:crypto';
import t from 'tap';
import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import { capabilitiesOf } from '../../src/drivers/driver.js';
import { opennds } from '../../src/drivers/opennds/index.js';
import { customOf, hidOf, rhidOf } from '../../src/drivers/opennds/tokens.js';

const MAC = '02:00:00:00:00:01' as ClientMac;
const TOKEN = '784bdd45';
const HID = '96345d1c130e676037193302d180b16e558993f4b8216af042ea43b0a98b23ae';
const RHID = 'f4eb5ecdb455026e8994b23593032b12bfac64c0ad625fc604cb5f4b6531709f';
const GATEWAY = '10.9.0.1:2050';
const NINE = Date.UTC(2026, 10, 23, 9);
const fieldsOf = (more: object = {}) => ({ faskey: 'faskey1', level: 1 as const, binauth: true, ...more });

/** As captured from Debian's 9.10.0-1. */
const plain = (more: Record<string, string> = {}): string =>
  Object.entries({
    hid: HID,
    clientip: '10.9.0.2',
    clientmac: MAC,
    client_type: 'cpd_can',
    gatewayname: 'TestGW',
    gatewayurl: 'http%3a%2f%2fstatus.client',
    version: '9.10.0',
    gatewayaddress: GATEWAY,
    gatewaymac: '',
    originurl: 'http%3a%2f%2fneverssl.com%2fx%3fa%3db%26c%3dd',
    clientif: 'lan0',
    themespec: '(null), (null)(null)(null)(null)',
    ...more,
  })
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function crypted(text: string, faskey: string, iv = '0123456789abcdef') {
  const key = Buffer.alloc(32);
  key.write(faskey);
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const inner = Buffer.concat([cipher.update(text), cipher.final()]).toString('base64');
  return { fas: base64(inner), iv };
}

const claim = { mac: MAC, ip: '10.9.0.2', keyed: true, handle: `${HID} ${GATEWAY}` };
const read = (query: Record<string, string>, more: object = {}) =>
  opennds.parseRedirect(query, fieldsOf(more), '');

t.test('tokens are as openNDS makes them', async (t) => {
  t.equal(hidOf(TOKEN), HID);
  t.equal(rhidOf(HID, 'faskey1'), RHID);
});

t.test('a redirect of levels 1 and 4 is read, also where plus signs became blanks', async (t) => {
  const fas = base64(plain());
  t.match(read({ fas }), { ...claim, url: 'http://neverssl.com/x?a=b&c=d' });
  t.match(read({ fas: fas.replaceAll('+', ' ').replace(/=+$/, '') }, { level: 4 }), claim);
});

t.test('a redirect of levels 2 and 3 is read with the right key only', async (t) => {
  for (const faskey of ['faskey1', 'a-faskey-that-is-longer-than-thirty-two-bytes']) {
    const query = crypted(plain({ authdir: 'opennds_auth' }), faskey);
    t.match(read(query, { level: 2, faskey }), claim);
    t.match(read(query, { level: 3, faskey }), claim);
    t.equal(read(query, { level: 2, faskey: 'another-key' }), undefined);
  }
});

t.test('what is not a redirect of this gateway is refused', async (t) => {
  const { fas, iv } = crypted(plain(), 'faskey1');
  const bad: [string, Record<string, string>, object?][] = [
    ['nothing', {}],
    ['garbage', { fas: '%%%' }],
    ['level 1 where level 2 is set', { fas: base64(plain()) }, { level: 2 }],
    ['level 2 where level 1 is set', { fas, iv }],
    ['an iv that is too short', { fas, iv: 'abc' }, { level: 2 }],
    ['an altered text', { fas: fas.replace(/^.{8}/, 'AAAAAAAA'), iv }, { level: 2 }],
    ['another name', { fas: base64(plain()) }, { gatewayName: 'Other' }],
    ['far too much', { fas: 'A'.repeat(5000) }],
    ...[
      ['a hid that is none', { hid: `${HID.slice(1)}g` }],
      ['a MAC that is none', { clientmac: '02:00:00:00:00' }],
      ['a multicast MAC', { clientmac: '01:00:5e:00:00:01' }],
      ['an address that is none', { clientip: '10.9.0' }],
      ['a gateway outside', { gatewayaddress: '198.51.100.7:2050' }],
      ['a gateway on this machine', { gatewayaddress: '127.0.0.1:2050' }],
      ['a gateway by name', { gatewayaddress: 'evil.example:2050' }],
      ['a gateway without a port', { gatewayaddress: '10.9.0.1' }],
      ['a gateway with a path', { gatewayaddress: '10.9.0.1:2050/x' }],
      ['a gateway with a port too large', { gatewayaddress: '10.9.0.1:65536' }],
    ].map(
      ([what, more]) =>
        [what as string, { fas: base64(plain(more as Record<string, string>)) }] as [
          string,
          Record<string, string>,
        ],
    ),
  ];
  for (const [what, query, more] of bad) t.equal(read(query, more), undefined, what);
});

t.test('the name of the gateway counts as it was set on the router', async (t) => {
  const fas = base64(plain({ gatewayname: 'The%20caf%c3%a9%20' }));
  t.match(read({ fas }, { gatewayName: 'The café' }), claim);
});

t.test('of a client that passes already nothing is known but where it was sent', async (t) => {
  const query = { tok: RHID, redir: 'http://10.9.0.5:8080/status?s=abc', status: 'authenticated' };
  t.match(read(query), { keyed: false, passes: true, url: query.redir });
  t.equal(read({ ...query, status: 'other' }), undefined);
});

t.test('on the router itself a redirect’s word is no proof', async (t) => {
  const found = read({ fas: base64(plain()) }, { ndsctl: '/usr/bin/ndsctl' });
  t.match(found, { mac: MAC, keyed: false });
  t.equal(found?.handle, undefined);
});

t.test('the word for the BinAuth script has parts of fixed width and a keyed digest', async (t) => {
  const word = customOf(MAC, HID, { until: NINE + 999, goodUntil: NINE + 2500 }, 'faskey1');
  t.match(word, /^[0-9a-f]{160}$/);
  t.equal(word.slice(0, 96), `020000000001${HID}${NINE / 1000}${NINE / 1000 + 2}`, 'ends are rounded down');
  const key = createHash('sha256').update('foyer-binauth faskey1').digest('hex');
  const digest = createHash('sha256').update(key + word.slice(0, 96) + key);
  t.equal(word.slice(96), digest.digest('hex'));
});

t.test('a browser is sent to its own gateway with token, way back and word', async (t) => {
  const back = 'http://198.51.100.1:8080/status?s=a-b_c';
  const order = {
    mac: MAC,
    handle: claim.handle,
    until: NINE,
    now: NINE - 9900,
    goodUntil: NINE - 9000,
    back,
  };
  const made = opennds.handoff?.(order, fieldsOf());
  const url = new URL(made?.url ?? '');
  t.match(made?.url, `http://${GATEWAY}/opennds_auth/?tok=${RHID}&redir=`);
  t.equal(url.searchParams.get('redir'), back);
  t.equal(url.searchParams.get('custom'), customOf(MAC, HID, order, 'faskey1'));
  for (const handle of ['', HID, `${HID} 198.51.100.7:2050`, `${HID} ${GATEWAY} x`])
    t.equal(opennds.handoff?.({ ...order, handle }, fieldsOf()), undefined);
});

t.test('a gateway can do what its fields make of it', async (t) => {
  const can = (more: object) => capabilitiesOf(opennds, fieldsOf(more));
  t.match(can({ level: 3, ndsctl: '/usr/bin/ndsctl' }), { orders: 'told', revoke: true, identity: true });
  t.match(can({ level: 2 }), { orders: 'browser', revoke: false, extend: false });
  t.equal(can({ level: 2 }).claimed, undefined);
  t.match(can({ binauth: false }), { orders: 'browser', claimed: true });
  t.match(can({ level: 3 }), { orders: 'asks', revoke: false, limits: true });
  t.equal(can({ level: 3 }).claimed, undefined);
  t.match(can({ level: 4 }), { orders: 'asks', claimed: true, revoke: false, limits: true });
});

const asking = opennds.asking;
const gatewayhash = (name: string): string => createHash('sha256').update(name).digest('hex');

t.test('questions of authmon are read, those of other gateways are not', async (t) => {
  const ask = (query: Record<string, string>, more: object = {}) =>
    asking?.read(query, fieldsOf({ level: 3, ...more }));
  t.same(ask({ auth_get: 'view', payload: base64('none') }), { ask: 'orders' });
  t.same(ask({ auth_get: 'list', payload: base64('none') }), { ask: 'orders' });
  t.same(ask({ auth_get: 'clear', payload: base64('none') }), { ask: 'restarted' });
  t.same(ask({ auth_get: 'deauthed', payload: 'x' }), { ask: 'nothing' });
  t.same(ask({ auth_get: 'view', payload: base64('*') }), { ask: 'done', names: [] });
  const names = [RHID, 'b'.repeat(64), 'c'.repeat(64)];
  const payload = base64(`* ${names[0]} ${names[1]}\n${names[2]}\t; rm -rf /`);
  t.same(ask({ auth_get: 'view', payload }), { ask: 'done', names }, 'split at any white space');
  t.same(ask({ auth_get: 'view', payload: payload.replaceAll('+', ' ') }), { ask: 'done', names });
  t.equal(ask({ fas: 'x' }), undefined);
  const none = { auth_get: 'view', payload: base64('none') };
  t.equal(ask(none, { level: 1 }), undefined, 'no other level asks');

  const named = { gatewayName: 'Lab Gateway' };
  const view = { auth_get: 'view', payload: base64('none') };
  t.ok(ask({ ...view, gatewayhash: gatewayhash('Lab%20Gateway') }, named), 'the name as it is in redirects');
  t.ok(ask({ ...view, gatewayhash: gatewayhash('Lab%20Gateway%20') }, named));
  t.equal(ask({ ...view, gatewayhash: gatewayhash('Other') }, named), undefined);
});

t.test('an answer names at most four clients within 1000 characters', async (t) => {
  const fields = fieldsOf({ level: 3 });
  const waiting = Array.from({ length: 9 }, (_, n) => ({
    handle: `${hidOf(String(n))} ${GATEWAY}`,
    until: NINE + 30 * 60_000 + 59_000,
    limits: n === 1 ? { downKbps: 10_000_000, upKbps: 512 } : {},
  }));
  const { answer, named } = asking?.orders(waiting, fields, NINE) ?? { answer: '', named: 0 };
  t.equal(named, 4);
  t.ok(answer.length <= 1000);
  const [star, ...entries] = answer.split(' ');
  t.equal(star, '*');
  t.equal(decodeURIComponent(entries[0] ?? ''), `${rhidOf(hidOf('0'), 'faskey1')} 30 0 0 0 0 bmE=`);
  t.match(decodeURIComponent(entries[1] ?? ''), / 30 512 10000000 0 0 bmE=$/);
  t.match(entries.join(' '), /^[\w%. ]+$/, 'nothing that a shell would take for its own');
  t.same(asking?.orders([], fields, NINE), { answer: '*', named: 0 });
  const short = asking?.orders([{ ...waiting[0], until: NINE + 5000 } as never], fields, NINE);
  t.match(decodeURIComponent(short?.answer ?? ''), / 1 0 0 0 0 /, 'less than a minute cannot be said');
  const odd = asking?.orders([{ handle: '$(reboot) x', until: NINE, limits: {} }], fields, NINE);
  t.same(odd, { answer: '*', named: 1 });
});

t.test('a gateway that has stopped asking is down, and one with a short key is warned of', async (t) => {
  let at: number | undefined;
  let clock = NINE;
  const driver = opennds.connect({
    gateway: 'lobby' as GatewayId,
    fields: fieldsOf({ level: 3 }),
    portalUrl: 'https://portal.example',
    askedAt: async () => at,
    now: () => clock,
    guestPort: 8080,
    log: { info: () => undefined, warn: () => undefined },
  });
  t.match(await driver.check(), { ok: false, problems: [/has not asked yet/, /faskey is short/] });
  at = NINE;
  clock = NINE + 30_000;
  t.match(await driver.check(), { ok: true });
  clock = NINE + 40_000;
  t.match(await driver.check(), { ok: false, problems: [/has not asked for 40 s/, /short/] });
  await t.rejects(driver.deauthorize({ mac: MAC, ips: [] }), { code: 'not-supported' });
});

t.test('what to put on the router is printed, without the key', async (t) => {
  const context = { gateway: 'lobby' as GatewayId, guestPort: 8080 };
  const print = (more: object, portalUrl?: string) =>
    opennds.rules?.({ ...context, fields: fieldsOf(more), ...(portalUrl ? { portalUrl } : {}) });
  const first = await print({ gatewayName: 'Lobby' }, 'http://192.0.2.5:8080');
  for (const line of ['gatewayname Lobby', 'fasremoteip 192.0.2.5', 'fasport 8080', 'faspath /enter/lobby'])
    t.match(first, line);
  t.match(first, /^binauth /m);
  t.match(first, 'sha256sum');
  t.notMatch(first, 'faskey1');
  const third = await print({ level: 3 }, 'https://portal.example');
  t.match(third, 'fasremotefqdn portal.example');
  t.match(third, 'fasport 443');
  t.notMatch(third, /^binauth /m);
});
