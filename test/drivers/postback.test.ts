import fc from 'fast-check';
import t, { type Test } from 'tap';
import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import { capabilitiesOf, type DriverKind } from '../../src/drivers/driver.js';
import { postback as kind, type PostbackFields } from '../../src/drivers/postback/index.js';
import { PROFILES } from '../../src/drivers/postback/profiles.js';
import { integerIn, TYPE, VENDOR, vendorIn } from '../../src/drivers/radius/attributes.js';
import { holds } from '../domain/property.js';
import { LOGIN_URL, type Named, startPostback, VENDORS } from '../emulators/postback.js';
import { startBooks } from '../emulators/postback-books.js';
import { NINE, testClock } from '../fixtures/runtime.js';
import { driverContract, MAC, OTHER, PATIENCE_MS } from './contract.js';

const SECRET = 'a-secret-of-some-length';
const BACK = 'http://192.0.2.10:8080/status?s=abc_-1';
const LINES = '\r\nX: y';
const silent = { info: () => undefined, warn: () => undefined };
const NAMED = Object.keys(VENDORS) as Named[];

const fieldsOf = (
  profile: PostbackFields['profile'],
  more: Partial<PostbackFields> = {},
): PostbackFields => ({
  profile,
  hosts: [],
  https: false,
  nas: ['127.0.0.1'],
  secret: SECRET,
  requireMessageAuthenticator: true,
  disconnectPort: 3799,
  method: 'POST',
  macParam: 'mac',
  targetParam: 'login_url',
  urlParam: 'url',
  userField: 'username',
  passwordField: 'password',
  backField: 'redirect_url',
  ...more,
});

/** As a browser brings it: the query as it is, and its first values. */
function came(raw: string, fields: PostbackFields) {
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(raw)) query[name] ??= value;
  return kind.parseRedirect(query, fields, raw);
}

const credential = { username: 'f-0123', password: 'pw-0123456789ab' };
const handOff = (handle: string | undefined, fields: PostbackFields, back = BACK) =>
  kind.handoff?.(
    { mac: MAC, handle: handle ?? '', until: 0, now: NINE, goodUntil: 0, back, credential },
    fields,
  );

const redirectOf = (profile: Named, more: Record<string, string> = {}): string =>
  new URLSearchParams({
    ...VENDORS[profile].redirect({ mac: MAC, ip: '10.77.0.5' }, 'http://x.example/?a=1&b=2'),
    ...more,
  }).toString();

// ---- What each router's redirect becomes

const login = (name: string, password: string) => ({
  [name]: credential.username,
  [password]: credential.password,
});

const FORMS: Record<Named, { method: string; url: string; fields?: Record<string, string> }> = {
  meraki: {
    method: 'POST',
    url: LOGIN_URL,
    fields: { ...login('username', 'password'), success_url: BACK },
  },
  aruba: {
    method: 'POST',
    url: 'https://securelogin.arubanetworks.com/cgi-bin/login',
    fields: { cmd: 'authenticate', ...login('user', 'password'), url: BACK },
  },
  'aruba-instant-on': {
    method: 'POST',
    url: 'https://securelogin.arubanetworks.com/cgi-bin/login',
    fields: { cmd: 'authenticate', ...login('user', 'password'), url: BACK },
  },
  cisco: {
    method: 'POST',
    url: 'https://192.0.2.1/login.html',
    fields: { buttonClicked: '4', err_flag: '0', ...login('username', 'password'), redirect_url: BACK },
  },
  cambium: {
    method: 'POST',
    url: `${VENDORS.cambium.action}&ga_orig_url=${encodeURIComponent(BACK)}`,
    fields: login('ga_user', 'ga_pass'),
  },
  'ruckus-zd': {
    method: 'POST',
    url: 'http://10.0.0.2:9997/login',
    fields: { ip: '10.77.0.5', ...login('username', 'password') },
  },
  pfsense: {
    method: 'POST',
    url: 'http://10.0.0.1:8002/index.php?zone=guests',
    fields: { accept: '1', zone: 'guests', ...login('auth_user', 'auth_pass'), redirurl: BACK },
  },
  mikrotik: {
    method: 'GET',
    url: `http://10.5.50.1/login?${new URLSearchParams({ popup: 'false', ...login('username', 'password'), dst: BACK })}`,
  },
  omada: {
    method: 'POST',
    url: 'https://10.0.0.3:8843/portal/radius/browserauth',
    fields: {
      authType: '2',
      clientMac: '02-00-00-00-AA-01',
      clientIp: '10.77.0.5',
      apMac: 'B8-FB-B3-00-00-01',
      ssidName: 'Guests',
      radioId: '1',
      ...login('username', 'password'),
      originUrl: BACK,
    },
  },
};

t.same(Object.keys(FORMS).sort(), Object.keys(PROFILES).sort(), 'every profile has its sample');

for (const profile of NAMED)
  t.test(`${profile}: the redirect of the reference becomes the form that the router takes`, async (t) => {
    const fields = fieldsOf(profile);
    const claim = came(redirectOf(profile), fields);
    t.match(claim, { mac: MAC, keyed: false, url: 'http://x.example/?a=1&b=2' });
    t.equal(claim?.passes, undefined);
    t.strictSame(handOff(claim?.handle, fields), FORMS[profile]);
    t.ok((claim?.handle?.length ?? 0) < 1024);
    const { nameOfMac } = { nameOfMac: PROFILES[profile].names.mac[0] };
    t.equal(came(redirectOf(profile, { [nameOfMac]: 'x' }), fields), undefined, 'without a MAC it is none');
    const order = { mac: MAC, handle: claim?.handle ?? '', until: 0, now: NINE, goodUntil: 0, back: BACK };
    t.equal(kind.handoff?.(order, fields), undefined, 'without a credential there is no form');
  });

t.test('the parts of a redirect that say who it is are read', async (t) => {
  t.match(came(redirectOf('aruba'), fieldsOf('aruba')), {
    ...{ ip: '10.77.0.5', ap: '00:0b:86:00:00:01', ssid: 'Guests' },
  });
  t.match(came(redirectOf('cambium'), fieldsOf('cambium')), { ap: '00:04:56:00:00:01', ssid: 'Guests' });
  t.match(came(redirectOf('ruckus-zd'), fieldsOf('ruckus-zd')), { ap: '00:24:93:00:00:0a', ip: '10.77.0.5' });
  t.equal(
    came(redirectOf('aruba', { ip: '10.77.0' }), fieldsOf('aruba')),
    undefined,
    'an address that is none',
  );
});

t.test('a redirect without a host for the login has the usual one, where there is one', async (t) => {
  const claim = came(redirectOf('aruba', { switchip: '' }), fieldsOf('aruba'));
  t.match(
    handOff(claim?.handle, fieldsOf('aruba'))?.url,
    'https://securelogin.arubanetworks.com/cgi-bin/login',
  );
  t.equal(came(redirectOf('ruckus-zd', { sip: '' }), fieldsOf('ruckus-zd')), undefined);
  const own = came(redirectOf('aruba', { switchip: '10.1.1.1' }), fieldsOf('aruba'));
  t.equal(handOff(own?.handle, fieldsOf('aruba'))?.url, 'https://10.1.1.1/cgi-bin/login');
});

t.test('https goes to the router’s other port', async (t) => {
  for (const [profile, url] of [
    ['cambium', 'https://10.0.0.5:444/cgi-bin/hotspot_login.cgi?'],
    ['ruckus-zd', 'https://10.0.0.2:9998/login'],
  ] as const) {
    const fields = fieldsOf(profile, { https: true });
    t.match(handOff(came(redirectOf(profile), fields)?.handle, fields)?.url, url);
  }
  const plain = came(redirectOf('omada', { scheme: 'http', targetPort: '8088' }), fieldsOf('omada'));
  t.match(handOff(plain?.handle, fieldsOf('omada'))?.url, 'http://10.0.0.3:8088/portal');
});

t.test('a controller that says the client passes already is believed that it does', async (t) => {
  const claim = came(redirectOf('cisco', { statusCode: '1', redirect: BACK }), fieldsOf('cisco'));
  t.match(claim, { passes: true, url: BACK });
  for (const statusCode of ['2', '3', '4', '5', ''])
    t.equal(came(redirectOf('cisco', { statusCode }), fieldsOf('cisco'))?.passes, undefined);
});

t.test('a router that refused the login says so in its next redirect', async (t) => {
  for (const [profile, said] of [
    ['meraki', { error_message: 'Access denied' }],
    ['cisco', { statusCode: '5' }],
    ['cambium', { ga_error_code: 'reject' }],
    ['mikrotik', { err: 'RADIUS server is not responding' }],
  ] as const) {
    const fields = fieldsOf(profile);
    t.equal(came(redirectOf(profile, { ...said }), fields)?.refused, true, profile);
    const [name = ''] = Object.keys(said);
    t.equal(came(redirectOf(profile, { [name]: '' }), fields)?.refused, undefined, profile);
  }
});

t.test('what Cambium wrote goes back byte for byte, without its last error', async (t) => {
  const fields = fieldsOf('cambium');
  const raw =
    'ga_Qv=a%2fB%2Fc.~-_&ga_cmac=02-00-00-00-AA-01&ga_srvr=10.0.0.5&ga_error_code=reject&ga_orig_url=http%3A%2F%2Fx%2F';
  t.equal(
    handOff(came(raw, fields)?.handle, fields)?.url,
    `http://10.0.0.5:880/cgi-bin/hotspot_login.cgi?ga_Qv=a%2fB%2Fc.~-_&ga_cmac=02-00-00-00-AA-01&ga_srvr=10.0.0.5&ga_orig_url=${encodeURIComponent(BACK)}`,
  );
});

t.test('a generic router is what its fields say', async (t) => {
  const fields = fieldsOf('generic', {
    ...{ hosts: ['login.example', '198.51.100.0/24'], macParam: 'm', targetParam: 't', urlParam: 'u' },
    ...{ userField: 'name', passwordField: 'word', backField: 'next' },
  });
  const raw = `m=${MAC}&t=${encodeURIComponent('https://login.example:8443/in?x=1')}&u=http://x.example/`;
  const claim = came(raw, fields);
  t.match(claim, { mac: MAC, url: 'http://x.example/' });
  const posted = { ...login('name', 'word'), next: BACK };
  t.strictSame(handOff(claim?.handle, fields), {
    ...{ method: 'POST', url: 'https://login.example:8443/in?x=1', fields: posted },
  });
  const get = handOff(claim?.handle, { ...fields, method: 'GET' });
  t.equal(get?.url, `https://login.example:8443/in?x=1&${new URLSearchParams(posted)}`);
  t.equal(came(raw, { ...fields, hosts: [] }), undefined, 'without hosts there is nowhere to go');
  t.ok(came(raw.replace('login.example%3A8443', '198.51.100.9'), fields));
});

// ---- Where no browser is sent

const HOSTILE = [
  'https://evil.example/splash/login',
  'https://network-auth.com/splash/login',
  'https://evilnetwork-auth.com/splash/login',
  'https://n1.network-auth.com.evil.example/splash/login',
  'https://n1.network-auth.com./splash/login',
  'https://n1.network-auth.com@evil.example/splash/login',
  'https://a:b@n1.network-auth.com/splash/login',
  'https://@n1.network-auth.com/splash/login',
  'https://evil.example#.network-auth.com/splash/login',
  'https://evil.example?.network-auth.com/splash/login',
  'https://evil.example\\.network-auth.com/splash/login',
  'https:\\\\evil.example\\splash\\login',
  'https://evil.example/.network-auth.com/splash/login',
  'https://n1.network-auth.com:8443/splash/login',
  'https://n1.network-auth.com:0/splash/login',
  'https://n1.network-auth.com/other',
  'https://n1.network-auth.com/splash/../other',
  'https://n1.network-auth.com/%2e%2e/other',
  'ftp://n1.network-auth.com/splash/login',
  'javascript:alert(1)//n1.network-auth.com/splash/login',
  'javascript://n1.network-auth.com/%0aalert(1)',
  'data:text/html,x',
  '//n1.network-auth.com/splash/login',
  '/splash/login',
  'n1.network-auth.com/splash/login',
  'https:n1.network-auth.com/splash/login',
  'https:///n1.network-auth.com/splash/login',
  ' https://n1.network-auth.com/splash/login',
  'https://n1.network-auth.com/splash/login x',
  `https://n1.network-auth.com/splash/login${LINES}`,
  `https://n1.network-auth.com${LINES}/splash/login`,
  'https://n1.network-auth.com\t/splash/login',
  'https://n1.network-auth.com/splash/login\u0000',
  'https://n1.network-auth.com/splash/"><script>',
  "https://n1.network-auth.com/splash/'x",
  'https://n1.network‐auth.com/splash/login',
  'https://n1.network-auth。com/splash/login',
  'https://ｎ1.network-auth.com/splash/login',
  'https://n1.network-auth.com/splash/ü',
  'https://%6e1.network-auth.com/splash/login',
  'https://[::1]/splash/login',
  'https://127.0.0.1/splash/login',
  `https://n1.network-auth.com/splash/${'a'.repeat(2000)}`,
  '',
];

t.test('a redirect that names another place is refused', async (t) => {
  const fields = fieldsOf('meraki');
  for (const url of HOSTILE)
    t.equal(came(redirectOf('meraki', { login_url: url }), fields), undefined, JSON.stringify(url));
  t.ok(came(redirectOf('meraki', { login_url: 'HTTPS://N1.network-auth.COM:443/splash/login' }), fields));
});

t.test('the host of a known address is a host and nothing else', async (t) => {
  for (const host of [
    ...[
      'evil.example',
      '8.8.8.8',
      '127.0.0.1',
      '0.0.0.0',
      '169.254.169.254',
      '[::1]',
      '2130706433',
      '0x7f.1',
    ],
    ...[
      '10.0.0.2:80',
      '10.0.0.2/x',
      '10.0.0.2?x',
      '10.0.0.2#',
      'a@10.0.0.2',
      '10.0.0.2\\x',
      '10.0.0.2 ',
      '10.0.0.2\r\n',
    ],
    ...['$&', '{host}', '10.0.0.2%00', '１０.0.0.2'],
  ])
    for (const [profile, name] of [
      ['ruckus-zd', 'sip'],
      ['cambium', 'ga_srvr'],
      ['omada', 'target'],
      ['aruba', 'switchip'],
    ] as const)
      t.equal(
        came(redirectOf(profile, { [name]: host }), fieldsOf(profile)),
        undefined,
        `${profile} ${host}`,
      );
  for (const targetPort of ['22', '0', '65536', '8843x', '-1', '8843/x'])
    t.equal(came(redirectOf('omada', { targetPort }), fieldsOf('omada')), undefined, targetPort);
  for (const action of [
    'http://10.0.0.1:22/',
    'http://10.0.0.1:7999/',
    'http://8.8.8.8:8002/',
    'http://pf.evil:8002/',
  ])
    t.equal(came(redirectOf('pfsense', { action }), fieldsOf('pfsense')), undefined, action);
  t.ok(came(redirectOf('pfsense', { action: 'http://10.0.0.1/index.php' }), fieldsOf('pfsense')));
  t.equal(came(redirectOf('mikrotik', { login: 'http://10.5.50.1/other' }), fieldsOf('mikrotik')), undefined);
});

t.test('hosts that the admin names stand for the usual ones', async (t) => {
  const at = (hosts: string[], url: string) =>
    came(redirectOf('cisco', { switch_url: url }), fieldsOf('cisco', { hosts }));
  t.ok(at(['1.1.1.1'], 'http://1.1.1.1/login.html'));
  t.equal(at(['1.1.1.1'], 'https://192.0.2.1/login.html'), undefined);
  t.ok(at(['*.Guests.example'], 'https://wlc.guests.EXAMPLE/login.html'));
  t.equal(at(['*.guests.example'], 'https://guests.example/login.html'), undefined);
  t.equal(at(['guests.example'], 'https://wlc.guests.example/login.html'), undefined);
  t.ok(at(['2001:db8::/64'], 'https://[2001:db8::1]/login.html'));
});

t.test('what goes along is bounded, and a handle is judged anew', async (t) => {
  const fields = fieldsOf('pfsense');
  for (const zone of ['x'.repeat(65), 'a\r\nb', 'a\u0000'])
    t.equal(came(redirectOf('pfsense', { zone }), fields), undefined, JSON.stringify(zone).slice(0, 20));
  const good = ['http://10.0.0.1:8002/', { zone: 'guests' }];
  t.ok(handOff(JSON.stringify(good), fields));
  for (const handle of [
    ['http://10.0.0.1:8002/'],
    [good[0], null],
    [good[0], { auth_pass: 'x' }],
    [good[0], { zone: 1 }],
    [good[0], { zone: 'a\nb' }],
    [1, {}],
    ['http://evil.example:8002/', {}],
    [...good, 1],
    {},
    null,
  ])
    t.equal(handOff(JSON.stringify(handle), fields), undefined, JSON.stringify(handle));
  for (const handle of ['', '[', '["http://10.0.0.1:8002/",{"__proto__":"x"}]', 'x'.repeat(5000)])
    t.equal(handOff(handle, fields), undefined);
  t.equal(
    handOff(JSON.stringify(good), { ...fields, hosts: ['10.9.9.9'] }),
    undefined,
    'the list is another one now',
  );
  t.equal(came(redirectOf('pfsense', { redirurl: 'x'.repeat(5000) }), fields), undefined, 'far too much');
});

t.test('no query throws, and no form leaves the list', async (t) => {
  const piece = fc.constantFrom(
    ...[
      'http://',
      'https://',
      '10.0.0.1',
      'evil.example',
      'n1.network-auth.com',
      '@',
      ':',
      '/',
      '\\',
      '?',
      '#',
      '%2f',
    ],
    ...['.', '..', '8002', '443', 'login.html', '/splash/', '\r\n', 'ü', '[::1]', '*', '{host}', '&', '='],
  );
  const text = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(''));
  const PLACE: Record<Named, string> = {
    ...{ meraki: 'login_url', aruba: 'switchip', 'aruba-instant-on': 'post', cisco: 'switch_url' },
    ...{ cambium: 'ga_srvr', 'ruckus-zd': 'sip', pfsense: 'action', mikrotik: 'login', omada: 'target' },
  };
  holds(
    t,
    'a target is of an allowed host, by http or https, without anybody’s name in it',
    fc.property(fc.constantFrom(...NAMED), text, (profile, target) => {
      const fields = fieldsOf(profile);
      const claim = came(redirectOf(profile, { [PLACE[profile]]: target }), fields);
      const made = claim && handOff(claim.handle, fields);
      if (!made) return true;
      const { protocol, hostname, username } = new URL(made.url);
      return (
        /^https?:$/.test(protocol) &&
        username === '' &&
        ['10.0.0.1', 'n1.network-auth.com', 'securelogin.arubanetworks.com'].includes(hostname)
      );
    }),
    2000,
  );
  holds(
    t,
    'arbitrary queries and handles',
    fc.property(fc.constantFrom(...NAMED), fc.webQueryParameters(), fc.string(), (profile, raw, handle) => {
      const fields = fieldsOf(profile);
      return came(raw, fields) === undefined && handOff(handle, fields) === undefined;
    }),
    500,
  );
});

// ---- The way of a visitor

async function make(t: Test, fields: PostbackFields) {
  const now = testClock();
  const books = await startBooks(t, kind, fields, now);
  const profile = fields.profile as Named;
  const router = await startPostback(t, profile, { server: books.ports, secret: SECRET, now });
  let lost = false;
  const driver = kind.connect({
    gateway: 'lobby' as GatewayId,
    fields: { ...fields, disconnectPort: fields.disconnectPort === 0 ? 0 : router.disconnectPort },
    accounted: async () => {
      await router.settled();
      return lost ? [] : books.accounted();
    },
    ...{ timeoutMs: PATIENCE_MS, now, guestPort: 8080, log: silent },
  });
  t.teardown(driver.close);
  async function visit(mac: ClientMac, until: number, by = mac, limits = {}) {
    const claim = came(router.query(mac, 'http://x.example/'), fields);
    const given = books.credential(mac, until, limits);
    const order = {
      mac,
      handle: claim?.handle ?? '',
      until,
      now: NINE,
      goodUntil: until,
      back: BACK,
      credential: given,
    };
    const made = kind.handoff?.(order, fields);
    return made ? router.send(by, made) : undefined;
  }
  const letIn = async (mac: ClientMac, until: number): Promise<void> => {
    if (router.misbehaviour.inForce(mac) === 0) await visit(mac, until);
  };
  const emptyList = (on: boolean): void => {
    lost = on;
  };
  return { now, books, router, driver, visit, letIn, emptyList };
}

for (const [profile, more] of [
  ['cisco', {}],
  ['meraki', { disconnectPort: 0 }],
  ['pfsense', {}],
] as const) {
  const fields = fieldsOf(profile, more);
  const can = capabilitiesOf(kind, fields);
  driverContract(t, {
    name: `postback ${can.mode}`,
    kind: kind as DriverKind,
    fields,
    noEnds: true,
    endsLater: /to the second, by the router/,
    make: async () => {
      const { driver, now, letIn, router, emptyList } = await make(t, fields);
      const gateway = { ...router.misbehaviour, emptyList };
      return { driver, now, letIn, ...(can.revoke ? { gateway } : {}) };
    },
  });
}

for (const profile of NAMED)
  t.test(
    `${profile}: a visitor logs in for what is left, and only by the own device, and once`,
    async (t) => {
      const { router, now, visit, books } = await make(t, fieldsOf(profile));
      const stolen = await visit(MAC, now() + 60_000, OTHER);
      t.not(stolen?.status, 'in', 'the form of one device, sent by another');
      t.equal(router.misbehaviour.inForce(OTHER), 0);

      const entered = await visit(MAC, now() + 90_000);
      t.match(entered, { status: 'in', ...(VENDORS[profile].back ? { location: BACK } : {}) });
      t.equal(router.sessions()[0]?.until, now() + 90_000);
      now.advance(91_000);
      t.equal(router.misbehaviour.inForce(MAC), 0);

      const fields = fieldsOf(profile);
      const claim = came(router.query(MAC, 'http://x.example/'), fields);
      const order = { mac: MAC, handle: claim?.handle ?? '', until: 0, now: NINE, goodUntil: 0, back: BACK };
      const given = books.credential(MAC, now() + 60_000);
      const form = kind.handoff?.({ ...order, credential: given }, fields);
      t.equal(form && (await router.send(MAC, form)).status, 'in');
      router.leave(MAC);
      const again = form && (await router.send(MAC, form));
      if (profile === 'pfsense') return t.equal(again?.status, 'in', 'pfSense asks again with the same');
      t.equal(again?.status, 'refused');
      const next = came(again && 'query' in again ? (again.query ?? '') : '', fields);
      t.match(next, { mac: MAC, handle: claim?.handle }, 'the redirect after a refusal is one as before');
      t.equal(next?.passes, undefined);
      return t.equal(next?.url, VENDORS[profile].keepsBack ? BACK : 'http://x.example/');
    },
  );

t.test('pfSense is not told of an end, and heeds it when it asks again', async (t) => {
  const { router, driver, now, visit, books } = await make(t, fieldsOf('pfsense'));
  await visit(MAC, now() + 600_000);
  await router.askAgain();
  t.equal(router.misbehaviour.inForce(MAC), 1, 'while the visit lasts');
  await t.rejects(driver.deauthorize({ mac: MAC, ips: [] }), { code: 'not-supported' });
  books.revoke(MAC);
  await router.askAgain();
  t.equal(router.misbehaviour.inForce(MAC), 0);
  t.ok(kind.radius?.reasks(fieldsOf('pfsense')));
  for (const profile of NAMED.filter((one) => one !== 'pfsense'))
    t.notOk(kind.radius?.reasks(fieldsOf(profile)));
});

t.test('a cloud is told of an end by its own name', async (t) => {
  const { router, driver, now, visit } = await make(t, fieldsOf('meraki', { disconnectHost: 'localhost' }));
  await visit(MAC, now() + 600_000);
  await driver.deauthorize({ mac: MAC, ips: [] });
  t.equal(router.misbehaviour.inForce(MAC), 0);
  t.ok((await driver.check()).ok);
  const { driver: nowhere } = await make(t, fieldsOf('meraki', { disconnectHost: 'nowhere.invalid' }));
  t.notOk((await nowhere.check()).ok, 'one that there is not is said to be away');
});

t.test('limits go as the router understands them', async (t) => {
  const limits = { upKbps: 1000, downKbps: 5000, quotaMB: 100 };
  const accept = (profile: Named) => kind.radius?.accept(limits, fieldsOf(profile)) ?? [];
  for (const profile of NAMED) t.equal(integerIn(accept(profile), TYPE.terminationAction), 0, profile);
  t.equal(vendorIn(accept('cisco'), VENDOR.airespace, 7)?.readUInt32BE(), 5000);
  t.equal(vendorIn(accept('cambium'), VENDOR.wispr, 8)?.readUInt32BE(), 5_000_000);
  t.equal(vendorIn(accept('mikrotik'), VENDOR.mikrotik, 8)?.toString(), '1000k/5000k');
  t.equal(vendorIn(accept('pfsense'), VENDOR.pfsense, 3)?.readUInt32BE(), 100_000_000);
  t.equal(accept('meraki').length, accept('omada').length, 'nothing where nothing is known');
});

t.test('what is missing is said, and a router that takes no Disconnect too', async (t) => {
  const { secret: _, ...bare } = fieldsOf('generic', { nas: [] });
  const connect = (fields: PostbackFields) =>
    kind.connect({
      ...{ gateway: 'lobby' as GatewayId, fields, now: testClock(), timeoutMs: PATIENCE_MS },
      ...{ guestPort: 8080, log: silent },
    });
  const { ok, problems } = await connect(bare).check();
  t.notOk(ok);
  t.match(problems.join(' '), /`nas` is empty.*`secret` is not set.*`hosts` is empty/s);
  t.equal(kind.radius?.nas(bare), undefined);
});

for (const profile of [...NAMED, 'generic'] as const)
  t.test(`${profile}: what is to be done on the router is printed, without a secret`, async (t) => {
    const fields = fieldsOf(profile);
    const at = { gateway: 'lobby' as GatewayId, fields, guestPort: 8080 };
    const text = (await kind.rules?.({ ...at, portalUrl: 'http://192.0.2.10:8080' })) ?? '';
    t.match(text, 'http://192.0.2.10:8080/enter/lobby');
    t.notMatch(text, SECRET);
    t.notMatch(text, 'ADDRESS');
    t.match(await kind.rules?.(at), 'http://ADDRESS:8080/enter/lobby');
  });

t.test('the pages for pfSense and RouterOS lead to a redirect that is read', async (t) => {
  for (const [profile, words] of [
    [
      'pfsense',
      {
        $CLIENT_MAC$: MAC,
        $CLIENT_IP$: '10.77.0.5',
        $PORTAL_ZONE$: 'guests',
        $PORTAL_ACTION$: 'http://10.0.0.1:8002/index.php?zone=guests',
        // As the visitor asked for it, unencoded: what it holds must not come to stand for what pfSense says.
        $PORTAL_REDIRURL$: 'http://x.example/?a=1&mac=02:00:00:00:aa:02&action=http://10.9.9.9/',
      },
    ],
    [
      'mikrotik',
      {
        '$(mac-esc)': '02%3A00%3A00%3A00%3AAA%3A01',
        '$(ip-esc)': '10.77.0.5',
        '$(server-name-esc)': 'hotspot1',
        '$(link-login-only-esc)': 'http%3A%2F%2F10.5.50.1%2Flogin',
        '$(link-orig-esc)': 'http%3A%2F%2Fx.example%2F%3Fa%3D1',
      },
    ],
  ] as const) {
    const fields = fieldsOf(profile);
    const at = { gateway: 'lobby' as GatewayId, fields, guestPort: 8080, portalUrl: 'http://192.0.2.10' };
    let page = (await kind.rules?.(at)) ?? '';
    for (const [token, value] of Object.entries(words)) page = page.replaceAll(token, value);
    const address = /content="0; url=([^"]*)"/.exec(page)?.[1] ?? '';
    const claim = came(new URL(address).search.slice(1), fields);
    t.match(claim, { mac: MAC, ip: '10.77.0.5', url: /^http:\/\/x\.example\/\?a=1$/ });
    t.equal(handOff(claim?.handle, fields)?.url.split('?')[0], FORMS[profile].url.split('?')[0]);
  }
});
