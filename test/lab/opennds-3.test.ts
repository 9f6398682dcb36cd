import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createLab, noLab, until } from './network.js';
import { browseWithPin, createRouterPhone, startAfar } from './opennds-portal.js';
import { measured } from './phone.js';

const NAME = 'portal.lab';
const TLS_PORT = 8443;
const MINUTE = 60_000;
/** A round of 2 s, the programs that the router starts for it, and as much again on a busy machine. */
const ASKED_MS = 25_000;

if (noLab) {
  t.test('openNDS, level 3', { skip: noLab }, async () => undefined);
} else {
  t.setTimeout(150_000);
  const lab = await createLab(t, { clients: 3 });
  const [key, ca] = [join(lab.folder, 'portal.key'), join(lab.folder, 'portal.pem')];
  const make = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2';
  const named = ['-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`];
  execFileSync('openssl', [...make.split(' '), '-keyout', key, '-out', ca, ...named], { stdio: 'ignore' });
  // curl on the phones trusts it too.
  process.env.CURL_CA_BUNDLE = ca;
  const { portal, nds } = await startAfar(t, lab, {
    level: 3,
    portal: { ip: lab.inetIp, fqdn: NAME, port: TLS_PORT },
    ca,
    env: {
      PORTAL_URL: `https://${NAME}:${TLS_PORT}`,
      TLS_PORT: String(TLS_PORT),
      TLS_CERT: readFileSync(ca, 'utf8'),
      TLS_KEY: readFileSync(key, 'utf8'),
    },
  });
  const [client, second = client, third = client] = lab.clients;
  const [phone, other] = [createRouterPhone(lab, client), createRouterPhone(lab, second)];

  t.test('two devices wait for the router to ask, and are let in for whole minutes', async (t) => {
    const end = Date.now() + MINUTE + 7000;
    const visit = await portal.visit({ until: new Date(end), devices: 2 });
    const pages = await Promise.all([phone.enter(), other.enter()]);
    t.match(pages[0]?.url, `https://${NAME}:${TLS_PORT}/enter/`);
    const began = performance.now();
    const sent = await Promise.all(
      [phone, other].map(async (one, i) =>
        one.follow(await one.send(pages[i] ?? pages[0], { pin: visit.pin })),
      ),
    );
    t.strictSame(
      sent.map(({ state }) => state),
      ['connecting', 'connecting'],
    );
    const done = await Promise.all([phone, other].map((one, i) => one.goOn(sent[i] ?? pages[0], 40)));
    t.strictSame(
      done.map(({ state }) => state),
      ['connected', 'connected'],
      'both were acknowledged at once',
    );
    const ms = performance.now() - began;
    t.comment(measured('opennds-3-pin-to-connected', ms));
    t.ok(ms < ASKED_MS, `${ms}`);
    t.ok(await phone.passes());
    t.ok(await other.passes());
    const session = JSON.parse((await nds.ctl('json', client.mac)).stdout);
    t.equal(Number(session.session_end) - Number(session.session_start), 60, 'the whole minutes that fit');

    await nds.ctl('deauth', second.mac);
    await other.offline(4000);
    const back = await other.goOn(await other.enter(), 40);
    t.equal(back.state, 'connected', 'and is let in again without typing');

    const own = await portal.visit({ minutes: 5 });
    const inBrowser = await browseWithPin(t, lab, third, own.pin);
    t.comment(measured('opennds-3-browser-pin-to-connected', inBrowser));
    t.ok(inBrowser < ASKED_MS, `${inBrowser}`);

    const told = Number(session.session_end) * 1000;
    await until('the last seconds of the session', () => Date.now() > told - 1500, MINUTE);
    t.ok(await phone.passes(), 'to its last seconds');
    const cut = await phone.offline(10_000);
    t.comment(measured('opennds-3-session-end-to-cut', cut - told));
    await until('the end', () => Date.now() > end, 20_000);
    await until('a PIN is asked for', async () => (await phone.enter()).state === 'pin');
  });
}
