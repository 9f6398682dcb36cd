import { createServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { type Capport, parseAsAndroid, parseAsShill } from '../fixtures/sheets/capport.js';
import { DETECTOR_IDS, DETECTORS, type DetectorId, type Verdict } from '../fixtures/sheets/detectors.js';
import { type Ask, createNetwork } from '../fixtures/sheets/network.js';

/** The simulators themselves, held to what is known of the real ones. */

/** A device before something that answers every connection with these bytes. */
async function before(t: Test, answer: (socket: Socket) => void): Promise<Ask> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket.on('error', () => undefined));
    socket.once('data', () => answer(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const { port } = server.address() as { port: number };
  const portal = { host: 'portal.example', http: port };
  return createNetwork(t, { portal, internet: { http: 1, https: 1 }, passes: () => false, ca: [] }).device(
    '127.0.5.1',
  );
}

const answering = (t: Test, head: string, body = '') =>
  before(t, (socket) => socket.end(`HTTP/1.1 ${head}\r\nConnection: close\r\n\r\n${body}`));

type Row = Partial<Record<DetectorId, Verdict>>;
const all = (verdict: Verdict): Row => Object.fromEntries(DETECTOR_IDS.map((id) => [id, verdict]));
const sized = (length: number) =>
  [`200 OK\r\nContent-Type: text/html\r\nContent-Length: ${length}`, '12345'.slice(0, length)] as const;
const HTML = '<html><body>Sign in</body></html>';
const TO = 'Location: http://portal.example/';

/** What each makes of an answer to its probe. A detector that is not named: nothing is known of it. */
const ANSWERS: [head: string, body: string, row: Row][] = [
  [`302 Found\r\n${TO}\r\nContent-Length: 0`, '', all('portal')],
  [`307 Temporary Redirect\r\n${TO}\r\nContent-Length: 0`, '', all('portal')],
  ...['301 Moved Permanently', '303 See Other', '308 Permanent Redirect'].map(
    (status) =>
      [
        `${status}\r\n${TO}\r\nContent-Length: 0`,
        '',
        { ...all('portal'), chromeos: 'failure' },
      ] satisfies (typeof ANSWERS)[number],
  ),
  [
    '302 Found\r\nContent-Length: 0',
    '',
    {
      android: 'portal',
      chromeos: 'suspected',
      chrome: 'portal',
      firefox: 'portal',
      networkmanager: 'portal',
    },
  ],
  [
    '204 No Content',
    '',
    {
      android: 'online',
      chromeos: 'online',
      chrome: 'online',
      firefox: 'no result',
      networkmanager: 'portal',
      apple: 'portal',
      windows: 'portal',
    },
  ],
  [
    `200 OK\r\nContent-Type: text/html\r\nContent-Length: ${HTML.length}`,
    HTML,
    { ...all('portal'), chromeos: 'suspected' },
  ],
  ['200 OK\r\nContent-Type: text/html', HTML, { ...all('portal'), chromeos: 'suspected' }],
  ['200 OK\r\nContent-Type: text/html', '', { android: 'failure', chromeos: 'online', chrome: 'online' }],
  [
    ...sized(0),
    { android: 'failure', chromeos: 'online', chrome: 'online', firefox: 'portal', networkmanager: 'portal' },
  ],
  [...sized(1), { android: 'failure', chromeos: 'online', chrome: 'online', firefox: 'portal' }],
  [...sized(4), { android: 'failure', chromeos: 'suspected', chrome: 'portal', firefox: 'portal' }],
  [...sized(5), { android: 'portal', chromeos: 'suspected', chrome: 'portal', firefox: 'portal' }],
  [
    '511 Network Authentication Required\r\nContent-Length: 5',
    'Login',
    {
      android: 'failure',
      chromeos: 'failure',
      chrome: 'portal',
      firefox: 'portal',
      networkmanager: 'portal',
    },
  ],
  ...['503 Service Unavailable\r\nRetry-After: 5', '404 Not Found', '500 Internal Server Error'].map(
    (status) =>
      [
        `${status}\r\nContent-Length: 5`,
        'Sorry',
        {
          android: 'failure',
          chromeos: 'failure',
          chrome: 'no result',
          firefox: 'no result',
          networkmanager: 'portal',
        },
      ] satisfies (typeof ANSWERS)[number],
  ),
];

t.test('each detector makes of an answer what the real one is known to make of it', async (t) => {
  for (const [head, body, row] of ANSWERS) {
    const ask = await answering(t, head, body);
    for (const id of DETECTOR_IDS) {
      const wanted = row[id];
      if (wanted === undefined) continue;
      const { probe, judge } = DETECTORS[id];
      t.equal(judge(await ask(probe)), wanted, `${id}: ${head.split('\r\n')[0]}, ${body.length} bytes`);
    }
  }
});

t.test('a connection that does not come about is no portal to anybody', async (t) => {
  const ask = await before(t, (socket) => socket.destroy());
  for (const id of DETECTOR_IDS) {
    const { probe, judge } = DETECTORS[id];
    t.match(judge(await ask(probe)), /failure|no result/, id);
  }
});

t.test('the answer of its own maker, and no other’s, says that a detector is online', async (t) => {
  const texts: Partial<Record<DetectorId, string>> = {
    firefox: '<meta http-equiv="refresh" content="0;url=https://support.mozilla.org/kb/captive-portal"/>',
    networkmanager: 'NetworkManager is online\n',
    apple: '<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>',
    windows: 'Microsoft Connect Test',
  };
  for (const [maker, text] of Object.entries(texts)) {
    const ask = await answering(t, `200 OK\r\nContent-Length: ${text.length}`, text);
    for (const id of DETECTOR_IDS) {
      const { probe, judge } = DETECTORS[id];
      t.equal(judge(await ask(probe)) === 'online', id === maker, `${id} before the text of ${maker}`);
    }
  }
  const header = await answering(t, '200 OK\r\nX-NetworkManager-Status: online\r\nContent-Length: 2', 'OK');
  t.equal(DETECTORS.networkmanager.judge(await header(DETECTORS.networkmanager.probe)), 'online');
});

t.test('a connection that the portal keeps open is used again, and stays in its walls', async (t) => {
  let connections = 0;
  const keeping = await before(t, (socket) => {
    connections++;
    const answer = `HTTP/1.1 302 Found\r\n${TO}\r\nContent-Length: 0\r\n\r\n`;
    socket.write(answer);
    socket.on('data', () => socket.write(answer));
  });
  const { probe } = DETECTORS.firefox;
  for (let i = 0; i < 3; i++) t.equal((await keeping(probe))?.status, 302);
  t.equal(connections, 1, 'so that an answer which keeps it open would be found out');
});

type Read = (url: string, got: Parameters<typeof parseAsShill>[1]) => Capport;
const API = 'https://portal.example/captive-portal/api';
const P = 'https://p/';

function read(
  parse: Read,
  body: string,
  type = 'application/captive+json',
  url = API,
  status = 200,
): unknown {
  const said = parse(url, { status, headers: { 'content-type': type }, body });
  return JSON.parse(JSON.stringify('rejected' in said ? 'rejected' : said));
}

/** Body, what Android makes of it, what ChromeOS makes of it. */
const BODIES: [body: object | string, android: unknown, shill: unknown][] = [
  [{}, 'rejected', 'rejected'],
  ['{captive', 'rejected', 'rejected'],
  ['[]', 'rejected', 'rejected'],
  [{ captive: 'true', 'user-portal-url': P }, 'rejected', 'rejected'],
  [{ captive: true }, 'rejected', { captive: true }],
  [
    { captive: true, 'user-portal-url': P },
    { captive: true, portalUrl: P },
    { captive: true, portalUrl: P },
  ],
  [{ captive: true, 'user-portal-url': 'http://x/' }, { captive: true, portalUrl: 'http://x/' }, 'rejected'],
  [{ captive: false, 'seconds-remaining': -326 }, { captive: false, secondsLeft: -326 }, { captive: false }],
  [
    { captive: false, 'seconds-remaining': 2 ** 31 },
    { captive: false, secondsLeft: 2 ** 31 },
    { captive: false },
  ],
  [
    { captive: true, 'user-portal-url': P, 'seconds-remaining': 326 },
    { captive: true, portalUrl: P, secondsLeft: 326 },
    { captive: true, portalUrl: P },
  ],
  [{ captive: false, 'venue-info-url': 'no url' }, { captive: false, venueUrl: 'no url' }, 'rejected'],
  [
    {
      captive: false,
      'user-portal-url': P,
      'venue-info-url': 'https://v/',
      'seconds-remaining': 326,
      'bytes-remaining': 65_536,
      'can-extend-session': true,
      'com.example': 1,
    },
    { captive: false, portalUrl: P, venueUrl: 'https://v/', secondsLeft: 326, bytesLeft: 65_536 },
    {
      captive: false,
      portalUrl: P,
      venueUrl: 'https://v/',
      secondsLeft: 326,
      bytesLeft: 65_536,
      canExtend: true,
    },
  ],
];

t.test('answers of RFC 8908 are read as Android and ChromeOS read them', async (t) => {
  for (const [body, android, shill] of BODIES) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    t.same(read(parseAsAndroid, text), android, `Android: ${text}`);
    t.same(read(parseAsShill, text), shill, `ChromeOS: ${text}`);
  }
});

t.test('what is not said over https, as its type, in UTF-8 and briefly is not read', async (t) => {
  const body = JSON.stringify({ captive: true, 'user-portal-url': P });
  const type = 'application/captive+json';
  const good = { captive: true, portalUrl: P };
  t.same(read(parseAsAndroid, body, `${type}; charset=utf-8`), good);
  t.same(read(parseAsAndroid, body, `${type};charset="UTF-8"`), good);
  t.equal(read(parseAsAndroid, body, `${type};charset=iso-8859-1`), 'rejected');
  const long = JSON.stringify({ captive: true, 'user-portal-url': P, x: 'y'.repeat(4096) });
  t.equal(read(parseAsAndroid, long), 'rejected', 'cut off after 4096 characters');
  for (const parse of [parseAsAndroid, parseAsShill]) {
    t.equal(read(parse, body, 'application/json'), 'rejected');
    t.equal(read(parse, body, type, 'http://portal.example/captive-portal/api'), 'rejected');
    for (const status of [204, 302, 404, 503]) t.equal(read(parse, body, type, API, status), 'rejected');
    t.match(parse(API, undefined), { rejected: /none/ });
  }
});
