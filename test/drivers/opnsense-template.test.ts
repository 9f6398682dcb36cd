import { unzipSync } from 'fflate';
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core';
import t from 'tap';
import type { GatewayId } from '../../src/domain/id.js';
import { DriverError } from '../../src/drivers/driver.js';
import { opnsense } from '../../src/drivers/opnsense/index.js';
import { templatePage } from '../../src/drivers/opnsense/template.js';
import { startHttpRouter } from '../emulators/http-router.js';
import { startZoneServer, type ZoneServerOptions } from '../emulators/opnsense-zone.js';
import type { Teardown } from '../fixtures/redis.js';
import { findChromium } from '../lab/chromium.js';

const context = {
  gateway: 'hotel' as GatewayId,
  fields: { url: 'https://192.168.1.1', apiKey: 'key', apiSecret: 'a-secret', zone: 3 },
  guestPort: 8080,
  portalUrl: 'https://portal.example',
};
const CLIENT = { ip: '10.0.0.11', mac: '02:00:00:00:aa:01' };

t.test('the zip holds the one page, and the same settings make the same zip', async (t) => {
  const [file, ...more] = (await opnsense.files?.(context)) ?? [];
  t.strictSame(more, []);
  t.equal(file?.name, 'foyer-hotel-zone-3.zip');
  const found = unzipSync(file?.content ?? Buffer.alloc(0));
  t.strictSame(Object.keys(found), ['index.html']);
  const page = Buffer.from(found['index.html'] ?? []).toString();
  t.match(page, 'https://portal.example/enter/hotel?zone=3');
  t.strictSame((await opnsense.files?.(context))?.[0]?.content, file?.content);
});

t.test('without the guests’ address there is no template, and it is said what is to be set', async (t) => {
  const { portalUrl: _, ...without } = context;
  const error = await opnsense.files?.(without).catch((error: unknown) => error);
  t.ok(error instanceof DriverError && error.code === 'misconfigured');
  t.match(String(error), /PORTAL_URL/);
});

t.test('the rules name what is to be set, and hold the page', async (t) => {
  const text = (await opnsense.rules?.(context)) ?? '';
  for (const part of [
    'Services: Captive Portal',
    'Diagnostics: ARP Table',
    'Extended pre auth data',
    'Hard timeout',
    'Allowed addresses: the address of portal.example',
    'port 443',
    'ports 8003 and 9003',
    templatePage('https://portal.example/enter/hotel?zone=3').trimEnd(),
  ])
    t.ok(text.includes(part), part.slice(0, 60));
  t.notMatch(text, 'a-secret');
  t.notMatch(text, 'option 114');
  const { portalUrl: _, ...without } = context;
  const bare = (await opnsense.rules?.(without)) ?? '';
  t.match(bare, 'Put the address at which guests reach Foyer in ADDRESS');
  t.match(bare, 'http://ADDRESS:8080/enter/hotel?zone=3');
  const local = await opnsense.rules?.({
    ...context,
    portalUrl: 'http://192.168.1.5:8080',
    captiveApiUrl: 'https://portal.example/captive-portal/api',
  });
  t.match(local, 'Allowed addresses: 192.168.1.5');
  t.match(local, /option 114[^\n]*\nhttps:\/\/portal\.example\/captive-portal\/api/);
});

t.test('what an admin may have as the portal’s address cannot leave its place in the page', async (t) => {
  const page = templatePage('https://p.example/</script><script>"&x=1');
  t.notMatch(page, '</script><script>"');
  t.match(page, '&#60;/script&#62;&#60;script&#62;&#34;&#38;x=1');
});

const executablePath = findChromium();
const skip = executablePath ? {} : { skip: 'no Chromium on this machine' };

t.test('in a real browser', skip, async (t) => {
  const browser: Browser = await chromium.launch({
    executablePath: executablePath ?? '',
    // LocalNetworkAccessChecks: both servers are on this machine.
    args: ['--no-sandbox', '--disable-features=LocalNetworkAccessChecks,HttpsUpgrades'],
  });
  t.teardown(() => browser.close());

  /** The query with which a browser that wants this page arrives at the portal. */
  async function arrival(
    t: Teardown,
    path: string,
    options: Partial<ZoneServerOptions> & BrowserContextOptions & { status?: 'hangs' | 'fails' } = {},
  ): Promise<{ path: string; query: Record<string, string>; referer: string | undefined }> {
    const portal = await startHttpRouter(t, () => ({ body: '<title>Portal</title>' }));
    const [file] = (await opnsense.files?.({ ...context, portalUrl: portal.url })) ?? [];
    const page = Buffer.from(unzipSync(file?.content ?? Buffer.alloc(0))['index.html'] ?? []).toString();
    const { extended = false, status, ...how } = options;
    const zone = await startZoneServer(t, { page, client: CLIENT, extended });
    if (status) zone.statusIs(status);
    const window = await browser.newContext(how);
    const tab = await window.newPage();
    const arrived = tab.waitForRequest((request) => request.url().startsWith(`${portal.url}/enter/`));
    await tab.goto(`${zone.elsewhere}${path}`).catch(() => undefined);
    const request = await arrived;
    const url = new URL(request.url());
    const { referer } = await request.allHeaders();
    await window.close();
    return { path: url.pathname, query: Object.fromEntries(url.searchParams), referer };
  }

  await t.test(
    'the page leads to Foyer with zone, address, MAC and the page that was asked for',
    async (t) => {
      const { path, query, referer } = await arrival(t, '/a%20b?c=d&e=/f?g', { extended: true });
      t.equal(path, '/enter/hotel');
      t.strictSame(query, {
        zone: '3',
        ip: CLIENT.ip,
        mac: CLIENT.mac,
        redirurl: 'localhost/a%20b?c=d&e=/f?g',
      });
      t.equal(referer, undefined);
      const claim = opnsense.parseRedirect(query, context.fields, '');
      t.match(claim, { mac: CLIENT.mac, ip: CLIENT.ip, url: 'http://localhost/a%20b?c=d&e=/f?g' });
    },
  );

  await t.test('without extended data it leads there without the MAC', async (t) => {
    const { query } = await arrival(t, '/');
    t.strictSame(query, { zone: '3', ip: CLIENT.ip, redirurl: 'localhost/' });
  });

  await t.test('a page that is too long is cut, and the client arrives', async (t) => {
    const { query } = await arrival(t, `/${'x'.repeat(3000)}`);
    t.equal(query.redirurl?.length, 1000);
    t.ok(opnsense.parseRedirect(query, context.fields, ''));
  });

  await t.test('without a script it leads there with the zone', async (t) => {
    const { path, query } = await arrival(t, '/a?b=c', { extended: true, javaScriptEnabled: false });
    t.equal(path, '/enter/hotel');
    t.strictSame(query, { zone: '3' });
  });

  await t.test('where OPNsense does not say the state it leads there all the same', async (t) => {
    for (const status of ['fails', 'hangs'] as const) {
      const { query } = await arrival(t, '/', { extended: true, status });
      t.strictSame(query, { zone: '3', redirurl: 'localhost/' }, status);
    }
  });
});
