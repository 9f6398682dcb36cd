import fc from 'fast-check';
import t, { type Test } from 'tap';
import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import { chapResponse, sharedChallenge } from '../../src/drivers/chilli/handoff.js';
import { type ChilliFields, chilli as kind } from '../../src/drivers/chilli/index.js';
import { verified } from '../../src/drivers/chilli/redirect.js';
import { capabilitiesOf, type DriverKind, type Limits } from '../../src/drivers/driver.js';
import { holds } from '../domain/property.js';
import { type ChilliOptions, startChilli } from '../emulators/chilli.js';
import { startBooks } from '../emulators/postback-books.js';
import { NINE, testClock } from '../fixtures/runtime.js';
import { driverContract, MAC, OTHER, PATIENCE_MS } from './contract.js';

const SECRET = 'a-secret-of-some-length';
const UAM_SECRET = 'a-uam-secret-of-some-length';
const SERVER = 'http://192.0.2.10:8080/enter/lobby';
const silent = { info: () => undefined, warn: () => undefined };

const fieldsOf = (more: Partial<ChilliFields> = {}): ChilliFields => ({
  uamServer: SERVER,
  uamSecret: UAM_SECRET,
  nas: ['127.0.0.1'],
  secret: SECRET,
  requireMessageAuthenticator: true,
  disconnectPort: 3799,
  ...more,
});

/** As a browser brings it: the query as it is, and its first values. */
function came(address: string, fields: ChilliFields) {
  const raw = /\?(.*)/.exec(address)?.[1] ?? '';
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(raw)) query[name] ??= value;
  return kind.parseRedirect(query, fields, raw);
}

// ---- The reference's vector

const VECTOR = fieldsOf({ uamServer: 'http://portal.lan/uam', uamSecret: 'uamsecret1' });
const CHALLENGE = '00112233445566778899aabbccddeeff';
const WORDS = `res=notyet&uamip=10.1.0.1&uamport=3990&challenge=${CHALLENGE}&called=00-0D-B9-00-00-01&mac=02-00-00-00-00-01&ip=10.1.0.5&nasid=nas01&sessionid=65a0000000000001&userurl=http%3a%2f%2fexample.com%2f`;
const MD = 'D88044A651AA0AB611305F4C0318079E';
const HANDLE = `10.1.0.1:3990 ${CHALLENGE} 65a0000000000001`;
const at = (query: string) => `${VECTOR.uamServer}?${query}`;

t.test('a redirect is verified byte for byte and read', async (t) => {
  t.equal(verified(`${WORDS}&md=${MD}`, VECTOR), WORDS);
  t.strictSame(came(at(`${WORDS}&md=${MD}`), VECTOR), {
    mac: '02:00:00:00:00:01',
    ip: '10.1.0.5',
    ap: '00:0d:b9:00:00:01',
    url: 'http://example.com/',
    handle: HANDLE,
    keyed: true,
  });
});

t.test('what chilli did not sign so is refused', async (t) => {
  const bad: [string, string, ChilliFields?][] = [
    ['without a mark', WORDS],
    ['a mark in small letters', `${WORDS}&md=${MD.toLowerCase()}`],
    ['another mark', `${WORDS}&md=${MD.replace('D', 'E')}`],
    ['a mark that is cut', `${WORDS}&md=${MD.slice(1)}`],
    ['something after the mark', `${WORDS}&md=${MD}&mac=02-00-00-00-00-02`],
    ['something before it', `mac=02-00-00-00-00-02&${WORDS}&md=${MD}`],
    ['the same, encoded otherwise', `${WORDS.replaceAll('%3a', '%3A')}&md=${MD}`],
    ['another client', `${WORDS.replace('01&ip', '02&ip')}&md=${MD}`],
    ['another secret', `${WORDS}&md=${MD}`, { ...VECTOR, uamSecret: 'uamsecret2' }],
    ['another base', `${WORDS}&md=${MD}`, { ...VECTOR, uamServer: 'https://portal.lan/uam' }],
    ['no secret', `${WORDS}&md=${MD}`, { ...VECTOR, uamSecret: '' }],
    ['far too much', `${'a'.repeat(9000)}&md=${MD}`],
    ['nothing', ''],
    ['only a mark', `&md=${MD}`],
  ];
  for (const [what, query, fields = VECTOR] of bad) t.equal(came(at(query), fields), undefined, what);
});

t.test('a login is proven by CHAP with a challenge that the link does not tell', async (t) => {
  t.equal(sharedChallenge(CHALLENGE, 'uamsecret1').toString('hex'), 'cf692d48bb35e9adf9f6c04eab75eb2a');
  t.equal(chapResponse('pin1234', CHALLENGE, 'uamsecret1'), '0335fe84c169f355694377d6f1d0688c');
  const back = 'http://192.0.2.10:8080/status?s=a-b_c&x=ü';
  const order = {
    mac: MAC,
    handle: HANDLE,
    until: 0,
    now: NINE,
    goodUntil: 0,
    back,
    credential: { username: 'f &1', password: 'pin1234' },
  };
  t.strictSame(kind.handoff?.(order, VECTOR), {
    method: 'GET',
    url: `http://10.1.0.1:3990/logon?username=f%20%261&response=0335fe84c169f355694377d6f1d0688c&userurl=${encodeURIComponent(back)}`,
  });
  const plain = kind.handoff?.({ ...order, handle: '10.1.0.1:3990 - -' }, VECTOR);
  t.match(plain?.url, 'http://10.1.0.1:3990/logon?username=f%20%261&password=pin1234&userurl=');
  const { credential: _, ...none } = order;
  t.equal(kind.handoff?.(none, VECTOR), undefined, 'without a credential there is none');
  for (const handle of [
    '',
    '10.1.0.1:3990',
    `10.1.0.1:3990 ${CHALLENGE}`,
    `${HANDLE} x`,
    `198.51.100.7:3990 ${CHALLENGE} -`,
    `127.0.0.1:3990 ${CHALLENGE} -`,
    `evil.example:3990 ${CHALLENGE} -`,
    `10.1.0.1:0 ${CHALLENGE} -`,
    `10.1.0.1:65536 ${CHALLENGE} -`,
    `10.1.0.1:3990 ${CHALLENGE}0 -`,
    `10.1.0.1:3990/x ${CHALLENGE} -`,
    `10.1.0.1:3990 ${CHALLENGE} a/b`,
    'x'.repeat(10_000),
  ])
    t.equal(kind.handoff?.({ ...order, handle }, VECTOR), undefined, handle.slice(0, 60));
});

// ---- Against an emulated chilli

async function signedBy(t: Test, more: Partial<ChilliOptions> = {}) {
  const now = testClock();
  return startChilli(t, { uamServer: SERVER, uamSecret: UAM_SECRET, now, ...more });
}

t.test('whatever chilli says of a client is understood', async (t) => {
  const chilli = await signedBy(t, { ssid: 'Gäste & Co' });
  const device = chilli.join(MAC);
  const read = (res: string) => came(chilli.redirect(device, res, 'http://x.example/?a=1&b=2'), fieldsOf());
  for (const res of [
    'notyet',
    'failed&reason=reject',
    'failed&reason=timeout',
    'logoff',
    'splash',
    'challenge',
  ]) {
    t.match(read(res), { mac: MAC, keyed: true, url: 'http://x.example/?a=1&b=2' }, res);
    t.equal(read(res)?.passes, undefined);
    t.match(read(res)?.handle, device.challenge);
  }
  for (const res of ['success', 'already']) {
    t.match(read(res), { mac: MAC, keyed: true, passes: true }, res);
    t.match(read(res)?.handle, /^10\.1\.0\.1:3990 - \w+$/);
  }
  t.equal(read('other'), undefined);
});

t.test('a redirect is read where uamserver has a query, and where a homepage stands before it', async (t) => {
  for (const uamServer of [`${SERVER}?x=1`, 'http://192.0.2.10', 'https://portal.example:8443/enter/lobby']) {
    const fields = fieldsOf({ uamServer });
    const chilli = await signedBy(t, { uamServer });
    t.match(came(chilli.browse(MAC, 'http://x.example/'), fields), { mac: MAC, keyed: true }, uamServer);
    const home = await signedBy(t, {
      uamServer,
      homepage: `${uamServer}${uamServer.includes('?') ? '&' : '?'}y=2`,
    });
    const claim = came(home.browse(MAC, 'http://x.example/'), fields);
    t.match(claim, { mac: MAC, keyed: true, url: 'http://x.example/' }, 'by way of a homepage');
    const login = new URL(home.browse(MAC, 'http://x.example/')).searchParams.get('loginurl') ?? '';
    const altered = login.replace('02-00-00-00-AA-01', '02-00-00-00-AA-02');
    t.equal(came(`${SERVER}?loginurl=${encodeURIComponent(altered)}`, fields), undefined);
    t.equal(
      came(`${SERVER}?loginurl=${encodeURIComponent(`http://evil.example/?${WORDS}`)}`, fields),
      undefined,
    );
  }
});

t.test('chilli at an address that is no guest’s gateway is refused, though it is signed', async (t) => {
  const { createHash } = await import('node:crypto');
  for (const [from, to] of [
    ['uamip=10.1.0.1', 'uamip=198.51.100.7'],
    ['uamip=10.1.0.1', 'uamip=evil.example'],
    ['uamport=3990', 'uamport=0'],
    ['mac=02-00-00-00-00-01', 'mac=01-00-5e-00-00-01'],
    ['ip=10.1.0.5', 'ip=10.1.0'],
    [CHALLENGE, 'abc'],
  ] as const) {
    const words = WORDS.replace(from, to);
    const sign = createHash('md5').update(at(words)).update('uamsecret1').digest('hex').toUpperCase();
    t.equal(came(at(`${words}&md=${sign}`), VECTOR), undefined, to);
  }
});

t.test('no query throws, and none but chilli’s is taken', async (t) => {
  holds(
    t,
    'arbitrary queries',
    fc.property(fc.webQueryParameters(), (query) => came(`${SERVER}?${query}`, fieldsOf()) === undefined),
    500,
  );
  holds(
    t,
    'one byte altered anywhere',
    fc.property(fc.nat(WORDS.length - 1), fc.integer({ min: 33, max: 126 }), (n, byte) => {
      const mark = String.fromCharCode(byte);
      const altered = WORDS.slice(0, n) + mark + WORDS.slice(n + 1);
      return (verified(`${altered}&md=${MD}`, VECTOR) === undefined) === (altered !== WORDS);
    }),
    500,
  );
  holds(
    t,
    'arbitrary handles',
    fc.property(fc.string(), (handle) => {
      const order = { mac: MAC, handle, until: 0, now: NINE, goodUntil: 0, back: 'http://x/' };
      return kind.handoff?.({ ...order, credential: { username: 'a', password: 'b' } }, VECTOR) === undefined;
    }),
    500,
  );
});

// ---- The way of a visitor: by the browser, and chilli asks

async function make(t: Test, more: Partial<ChilliFields> = {}, options: Partial<ChilliOptions> = {}) {
  const now = testClock();
  const fields = fieldsOf(more);
  const books = await startBooks(t, kind, fields, now);
  const radius = { ...books.ports, secret: SECRET };
  const chilli = await startChilli(t, { uamServer: SERVER, uamSecret: UAM_SECRET, now, radius, ...options });
  let lost = false;
  const driver = kind.connect({
    gateway: 'lobby' as GatewayId,
    fields: { ...fields, disconnectPort: fields.disconnectPort === 0 ? 0 : chilli.coaport },
    accounted: async () => {
      await chilli.settled();
      return lost ? [] : books.accounted();
    },
    timeoutMs: PATIENCE_MS,
    now,
    guestPort: 8080,
    log: silent,
  });
  t.teardown(driver.close);
  const back = 'http://192.0.2.10:8080/status?s=abc_-';
  /** From the redirect to the one that follows the login. */
  async function visit(mac: ClientMac, until: number, limits: Limits = {}, by: ClientMac = mac) {
    const claim = came(chilli.browse(mac, 'http://x.example/'), fields);
    const credential = books.credential(mac, until, limits);
    const order = { mac, handle: claim?.handle ?? '', until, now: NINE, goodUntil: until, back, credential };
    const made = kind.handoff?.(order, fields);
    return came(await chilli.follow(by, made?.url ?? ''), fields);
  }
  const letIn = async (mac: ClientMac, until: number): Promise<void> => {
    const device = chilli.join(mac);
    // A running session takes no other end: it is one.
    if (!device.passes) await visit(mac, until);
  };
  /** What was accounted for is lost here. */
  const emptyList = (on: boolean): void => {
    lost = on;
  };
  return { now, books, chilli, driver, visit, letIn, back, emptyList };
}

for (const more of [{}, { disconnectPort: 0 }]) {
  const { mode } = capabilitiesOf(kind, fieldsOf(more));
  driverContract(t, {
    name: `chilli ${mode}`,
    kind: kind as DriverKind,
    fields: fieldsOf(more),
    noEnds: true,
    endsLater: /to the second, by chilli itself/,
    make: async () => {
      const { driver, now, chilli, letIn, emptyList } = await make(t, more);
      const told = !('disconnectPort' in more);
      return { driver, now, letIn, ...(told ? { gateway: { ...chilli.misbehaviour, emptyList } } : {}) };
    },
  });
}

t.test('a visitor is let in for what is left, with rates and a volume', async (t) => {
  const { chilli, now, visit, back } = await make(t);
  const claim = await visit(MAC, now() + 90_500, { upKbps: 1000, downKbps: 5000, quotaMB: 10_000 });
  t.match(claim, { passes: true, url: back, keyed: true });
  t.match(chilli.join(MAC), { most: 91, upBits: 1_000_000, downBits: 5_000_000, octets: 10_000_000_000n });
  now.advance(92_000);
  t.equal(chilli.misbehaviour.inForce(MAC), 0, 'chilli itself ends it');
  t.match(await visit(MAC, now() + 60_000), { passes: true }, 'and the next login is a new session');
});

t.test('a login that was refused comes back with another challenge', async (t) => {
  const { chilli, books, now, visit, back } = await make(t);
  const first = chilli.join(MAC).challenge;
  books.revoke(MAC);
  const claim = await visit(MAC, now() - 1);
  t.equal(claim?.passes, undefined);
  t.equal(claim?.url, back, 'with the page of ours that counts how often');
  t.notMatch(claim?.handle, first);
});

t.test('the credential of one device lets no other in, and none twice', async (t) => {
  const { chilli, books, now, visit } = await make(t, {}, { nochallenge: true });
  const stolen = await visit(MAC, now() + 60_000, {}, OTHER);
  t.equal(stolen?.passes, undefined, 'another device with the link of this one');
  t.equal(chilli.misbehaviour.inForce(OTHER), 0);
  const credential = books.credential(MAC, now() + 60_000);
  const { username, password } = credential;
  const link = `http://10.1.0.1:3990/logon?username=${username}&password=${password}&userurl=x`;
  t.match(
    await chilli.follow(MAC, link),
    /res=success/,
    'without a challenge the credential goes over itself',
  );
  chilli.stop(chilli.join(MAC), 1);
  t.match(await chilli.follow(MAC, link), /res=failed/);
});

t.test('a link to log in, followed by a client that passes, says that it does', async (t) => {
  const { chilli, now, letIn } = await make(t);
  await letIn(MAC, now() + 60_000);
  const device = chilli.join(MAC);
  const claim = came(chilli.redirect(device, 'already', 'http://x.example/'), fieldsOf());
  t.match(claim, { passes: true });
  const credential = { username: 'a', password: 'b' };
  const order = {
    mac: MAC,
    until: 0,
    now: NINE,
    goodUntil: 0,
    back: 'http://192.0.2.10:8080/status?s=1',
    credential,
  };
  const made = kind.handoff?.({ ...order, handle: claim?.handle ?? '' }, fieldsOf());
  t.match(came(await chilli.follow(MAC, made?.url ?? ''), fieldsOf()), { passes: true, url: order.back });
});

t.test('what is missing before chilli can ask is said', async (t) => {
  const { secret: _, ...fields } = fieldsOf({
    nas: [],
    uamSecret: 'short',
    uamServer: 'http://192.0.2.10/x',
  });
  t.equal(kind.radius?.nas(fields), undefined);
  const driver = kind.connect({
    ...{ gateway: 'lobby' as GatewayId, fields, now: testClock(), guestPort: 8080, log: silent },
  });
  const { ok, problems } = await driver.check();
  t.notOk(ok);
  t.match(problems.join(' '), /`nas` is empty.*`secret` is not set.*uamsecret is short.*\/enter\/lobby/s);
  t.notMatch(problems.join(' '), /"short"/);
});

t.test('what is typed on the router is printed, without a secret', async (t) => {
  const text = await kind.rules?.({ gateway: 'lobby' as GatewayId, fields: fieldsOf(), guestPort: 8080 });
  t.match(text, `HS_UAMFORMAT="${SERVER}"`);
  t.match(text, /HS_UAMHOMEPAGE=none/);
  t.match(text, /HS_COAPORT=3799/);
  t.notMatch(text, SECRET);
  t.notMatch(text, UAM_SECRET);
  const here = fieldsOf({ chilliQuery: '/usr/sbin/chilli_query' });
  const told = await kind.rules?.({
    ...{ gateway: 'lobby' as GatewayId, fields: here, guestPort: 8080, portalUrl: 'http://192.0.2.10' },
  });
  t.notMatch(told, /HS_COAPORT/);
  t.match(told, /HS_UAMALLOW="192.0.2.10"/);
});
