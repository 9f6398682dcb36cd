import t from 'tap';
import type { GatewayId } from '../../src/domain/id.js';
import { omada } from '../../src/drivers/omada/index.js';
import { atLeast } from '../../src/drivers/omada/operator.js';
import { wayFrom } from '../../src/drivers/omada/redirect.js';
import { hyphens, SITE_ID } from '../emulators/omada.js';
import { startSite } from '../emulators/omada-site.js';
import { HOUR, MINUTE } from '../fixtures/runtime.js';
import { MAC, OTHER } from './contract.js';

const FIELDS = { url: 'https://192.0.2.10:8043', siteId: SITE_ID, username: 'foyer', password: 'x' };
const AIR = {
  clientMac: '02-00-00-00-AA-01',
  apMac: 'B0-00-00-00-00-01',
  ssidName: 'Café & Bar',
  t: '1764147600000',
  radioId: '1',
  site: SITE_ID,
  redirectUrl: 'http://connectivitycheck.gstatic.com/generate_204',
};
const WIRE = {
  clientMac: AIR.clientMac,
  gatewayMac: 'D0-00-00-00-00-01',
  vid: '10',
  t: AIR.t,
  site: SITE_ID,
};
const parse = (query: Record<string, string>) => omada.parseRedirect(query, FIELDS, '');

t.test('a redirect of an access point is read, and its words are kept letter by letter', async (t) => {
  const claim = parse(AIR);
  t.match(claim, {
    mac: MAC,
    ap: AIR.apMac,
    ssid: AIR.ssidName,
    url: AIR.redirectUrl,
    keyed: false,
  });
  t.equal(claim?.ip, undefined);
  const { t: _, redirectUrl: __, ...words } = AIR;
  t.strictSame(JSON.parse(claim?.via ?? ''), words);
  const colons = parse({ ...AIR, clientMac: '02:00:00:00:aa:01' });
  t.equal(colons?.mac, MAC);
  t.equal(JSON.parse(colons?.via ?? '').clientMac, '02:00:00:00:aa:01');
});

t.test('a redirect of a gateway is read, and the address where it is said', async (t) => {
  const claim = parse({ ...WIRE, clientIp: '10.20.0.7' });
  t.match(claim, { mac: MAC, ip: '10.20.0.7', keyed: false });
  t.match(JSON.parse(claim?.via ?? ''), { gatewayMac: WIRE.gatewayMac, vid: '10', clientIp: '10.20.0.7' });
  t.match(parse({ ...WIRE, clientIp: '' }), { mac: MAC }, 'an empty one says nothing');
});

t.test('the site may be a name; another site’s id is another gateway', async (t) => {
  t.match(parse({ ...AIR, site: 'Lobby' }), { mac: MAC });
  t.match(parse({ ...AIR, site: SITE_ID.toUpperCase() }), { mac: MAC });
  t.equal(parse({ ...AIR, site: '61aa00112233445566778800' }), undefined);
});

t.test('what no controller sends is refused and never thrown', async (t) => {
  const long = 'x'.repeat(5000);
  const wrong: Record<string, string>[] = [
    {},
    { ...AIR, clientMac: '' },
    { ...AIR, clientMac: 'FF-FF-FF-FF-FF-FF' },
    { ...AIR, clientMac: long },
    { ...AIR, apMac: 'x' },
    { ...AIR, ssidName: '' },
    { ...AIR, ssidName: long },
    { ...AIR, radioId: '1;2' },
    { ...AIR, radioId: '' },
    { ...AIR, site: '' },
    { ...AIR, site: long },
    { ...AIR, clientIp: '10.0.0.256' },
    { ...AIR, clientIp: long },
    { ...WIRE, vid: '-1' },
    { ...WIRE, gatewayMac: '' },
    { clientMac: AIR.clientMac, site: SITE_ID },
  ];
  for (const query of wrong) t.equal(parse(query), undefined, JSON.stringify(query).slice(0, 120));
  const { site: _, ...siteless } = AIR;
  t.match(parse(siteless), { mac: MAC });
  t.equal(parse({ ...AIR, redirectUrl: long })?.url, undefined, 'a URL that is too long is left out');
});

t.test('a way is the client’s own, or none', async (t) => {
  const { via } = parse(AIR) ?? {};
  t.match(wayFrom(via, MAC), { apMac: AIR.apMac });
  t.equal(wayFrom(via, OTHER), undefined);
  for (const text of [undefined, '', 'null', '[]', '{"clientMac":1}', '{', `"${'x'.repeat(5000)}"`])
    t.equal(wayFrom(text, MAC), undefined);
});

t.test('versions are compared number by number', async (t) => {
  t.ok(atLeast('6.2.10', [6, 2, 10]));
  t.ok(atLeast('6.10.0.1', [6, 2, 10]));
  t.ok(atLeast('10.0', [6, 2, 10]));
  t.notOk(atLeast('6.2.9.99', [6, 2, 10]));
  t.notOk(atLeast('5.15.24.19', [6, 2, 10]));
  t.notOk(atLeast('', [5]));
});

t.test('the Open API tells who has which address, and one that two have stands for neither', async (t) => {
  const { driver, controller } = await startSite(t, { app: true });
  t.strictSame(await driver.clients?.(), [
    { mac: MAC, ip: '10.20.0.0' },
    { mac: OTHER, ip: '10.20.0.1' },
  ]);
  t.strictSame(await driver.findClient?.('10.20.0.1'), { mac: OTHER, ip: '10.20.0.1' });
  t.equal(await driver.findClient?.('10.20.0.9'), undefined);
  controller.meet(OTHER, { ip: '10.20.0.0' });
  t.strictSame(await driver.clients?.(), []);
  const without = await startSite(t);
  t.equal(without.driver.clients, undefined);
  t.equal(without.driver.findClient, undefined);
});

t.test('a list of more than a page is read to its end', async (t) => {
  const { driver, controller } = await startSite(t, { app: true });
  for (let n = 0; n < 1100; n++)
    controller.meet(
      `02:00:00:01:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`,
    );
  t.equal((await driver.clients?.())?.length, 1102);
});

t.test('a token that ended, or is not known, is asked for anew, by whoever finds it first', async (t) => {
  const { driver, controller, now } = await startSite(t, { app: true });
  const given = (): number => controller.asked.filter((call) => call.endsWith('/authorize/token')).length;
  await driver.clients?.();
  controller.expireTokens();
  await Promise.all([driver.clients?.(), driver.findClient?.('10.20.0.1'), driver.check()]);
  t.equal(given(), 2, '-44112');
  controller.tokens.clear();
  await driver.clients?.();
  t.equal(given(), 3, '-44113');
  now.advance(2 * HOUR - MINUTE);
  await driver.clients?.();
  t.equal(given(), 4, 'a minute before its end');
  t.equal(controller.refreshTokens.size, 4, 'no refresh token was used: each is good once');
});

t.test('more questions than the Open API lets through are spaced out', async (t) => {
  const { driver, controller } = await startSite(t, { app: true });
  controller.quirks.perSecond = 10;
  for (let n = 0; n < 14; n++) await driver.clients?.();
  t.equal(controller.throttled(), 0);
  const before = controller.asked.length;
  await Promise.all(Array.from({ length: 100 }, (_, n) => driver.findClient?.(`10.20.0.${n}`)));
  t.ok(controller.asked.length - before <= 2, 'a hundred questions at once are one');
});

t.test('an Open API that is overrun is busy, and orders go on without it', async (t) => {
  const { driver, controller, order } = await startSite(t, { app: true });
  t.ok((await driver.check()).ok);
  controller.quirks.perSecond = 0;
  await t.rejects(async () => driver.clients?.(), { code: 'busy', permanent: false });
  await driver.authorize(order(MAC, HOUR));
  t.equal(controller.misbehaviour.inForce(MAC), 1);
  const { ok, problems } = await driver.check();
  t.ok(ok, 'who is in can be sent off');
  t.match(problems, [/Nobody can be recognised: Omada has had too many requests/]);
});

t.test('an app that is refused, or may not see the site, is said, and its secret is not', async (t) => {
  const { driver, controller, fields } = await startSite(t, { app: true });
  controller.quirks.appForbidden = true;
  t.match(await driver.check(), {
    ok: false,
    problems: [/does not let the app see this site \(code -1505\)/],
  });
  const other = await startSite(t, { app: true });
  other.controller.secret = 'another';
  const { ok, problems } = await other.driver.check();
  t.notOk(ok);
  t.match(problems, [/refuses the app \(code -44106\)/]);
  t.notMatch(problems.join(), String(fields.clientSecret));
});

t.test('a voucher’s session is not ours to list or to change, and ends with the client', async (t) => {
  const { driver, controller, order } = await startSite(t);
  controller.quirks.twoRows = true;
  const voucher = controller.add(MAC, 2 * HOUR, 3);
  t.strictSame(await driver.sessions?.(), []);
  await driver.authorize(order(MAC, HOUR));
  t.equal((await driver.sessions?.())?.length, 1);
  t.equal(voucher.valid, true);
  await driver.deauthorize({ mac: MAC, ips: [] });
  t.equal(voucher.valid, false, 'after that it does not pass');
});

t.test('the address of an order is said where the redirect had none', async (t) => {
  const { driver, controller, order, fields } = await startSite(t);
  controller.quirks.version = '6.2.10.17';
  const { clientIp: _, ...query } = controller.redirectOf(MAC);
  const via = omada.parseRedirect(query, fields, '')?.via ?? '';
  await driver.authorize(order(MAC, HOUR, { via, ips: ['10.20.9.9'] }));
  t.match(controller.auths, [{ clientIp: '10.20.9.9', clientMac: hyphens(MAC) }]);
});

t.test('what is to be set on the controller is printed with the portal of this gateway', async (t) => {
  const gateway = 'lobby' as GatewayId;
  const text =
    (await omada.rules?.({
      gateway,
      fields: FIELDS,
      guestPort: 8080,
      portalUrl: 'https://wifi.example.com',
    })) ?? '';
  t.match(text, 'https://wifi.example.com/enter/lobby');
  t.match(text, /Pre-Authentication Access on, and in its list\n\s+wifi\.example\.com\n/);
  t.match(text, /trust=redirect/);
  const bare =
    (await omada.rules?.({
      gateway,
      fields: { ...FIELDS, clientId: 'a', clientSecret: 'b' },
      guestPort: 8080,
    })) ?? '';
  t.match(bare, 'http://ADDRESS:8080/enter/lobby');
  t.match(bare, /in its list\n\s+ADDRESS\n/);
  t.match(bare, /Open API: an app of mode Client Credentials/);
  for (const secret of [FIELDS.password, 'b\n']) t.notMatch(bare, new RegExp(`^${secret}$`, 'm'));
});

t.test('only a site’s id is one', async (t) => {
  const { pattern = '' } = omada.fields.properties.siteId as { pattern?: string };
  t.match(SITE_ID, new RegExp(pattern));
  for (const text of ['Default', `${SITE_ID}0`, '', '../../../etc/passwd00000'])
    t.notMatch(text, new RegExp(pattern));
});
