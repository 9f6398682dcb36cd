import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { launchChromium } from './chromium.js';
import type { Lab, LabClient } from './network.js';
import { until } from './network.js';
import { FASKEY, GATEWAY_NAME, type OpenNds, type OpenNdsOptions, startOpenNds } from './opennds.js';
import { type Answer, createPhone } from './phone.js';
import { createPortal, GATEWAY, GUEST_PORT, type Portal } from './portal.js';

/** A portal beside the internet, and the router's openNDS that sends its guests there. */

export const BINAUTH = readFileSync(
  join(import.meta.dirname, '..', '..', 'src', 'drivers', 'opennds', 'binauth.sh'),
  'utf8',
);

export const field = (name: string, value: string | number): string => `${name}=${value}`;

export async function startAfar(
  t: Pick<Test, 'teardown'>,
  lab: Lab,
  options: Pick<OpenNdsOptions, 'level'> &
    Partial<OpenNdsOptions> & { env?: Record<string, string>; fields?: string[] },
): Promise<{ portal: Portal; nds: OpenNds }> {
  const { env = {}, fields = [], ...more } = options;
  const address = { ip: lab.inetIp, port: GUEST_PORT };
  const portal = createPortal(t, lab, {
    host: lab.inet,
    env: { PORTAL_URL: `http://${lab.inetIp}:${GUEST_PORT}`, ...env },
  });
  const set = [
    field('faskey', FASKEY),
    field('level', options.level),
    field('gatewayName', GATEWAY_NAME),
    ...fields,
  ];
  const begin = async (): Promise<void> => {
    await portal.start();
    await portal.json('gateway', 'set', GATEWAY, '--kind', 'opennds', ...set);
  };
  const [nds] = await Promise.all([
    startOpenNds(lab, { gateway: GATEWAY, portal: address, binauth: BINAUTH, ...more }),
    begin(),
  ]);
  await portal.healthy();
  return { portal, nds };
}

/** The router's session ends at this second, or at the one before: it may have begun to count a second before it asked the script. */
export async function endsAt(nds: OpenNds, mac: string, end: number): Promise<boolean> {
  const { stdout } = await nds.ctl('json', mac);
  const early = Math.floor(end / 1000) - Number(JSON.parse(stdout).session_end);
  return early === 0 || early === 1;
}

/** A phone whose browser follows the page that leads to its router, as a link or by itself. */
export function createRouterPhone(lab: Lab, client: LabClient) {
  const phone = createPhone(lab, client);

  /** Goes on by itself for as long as pages do. */
  async function goOn(first: Answer, steps = 6): Promise<Answer> {
    let page = await phone.follow(first);
    for (let step = 0; step < steps && ['handoff', 'connecting'].includes(page.state); step += 1) {
      if (page.state === 'connecting') await new Promise((resolve) => setTimeout(resolve, 1000));
      const next = page.refresh.replaceAll('&amp;', '&');
      page = await phone.follow(await phone.get(new URL(next, page.url).href));
    }
    return page;
  }

  /** Asks for anything and goes where the router sends it; for a moment after a cut it sends nobody anywhere. */
  const enter = (): Promise<Answer> =>
    until('the portal', async () => {
      const page = await phone.follow(await phone.get('http://any.example/'));
      return page.state !== '' && page;
    });

  return {
    ...phone,
    goOn,
    enter,
    pass: async (pin: string): Promise<Answer> => goOn(await phone.send(await enter(), { pin })),
    /** What the gateway's redirect says of this phone. */
    async redirect(): Promise<{ location: string; text: string }> {
      const { location } = await phone.get('http://any.example/');
      const fas = new URL(location).searchParams.get('fas') ?? '';
      return { location, text: Buffer.from(fas, 'base64').toString('utf8') };
    },
    online: (ms = 10_000) => phone.measure('online', 4, ms),
    /** When the first request was sent that did not pass, epoch milliseconds; that it did not takes up to 3 s to be seen. */
    offline: (ms: number): Promise<number> =>
      until(
        `${client.mac} is offline`,
        async () => {
          const sent = Date.now();
          return !(await phone.passes(4)) && sent;
        },
        ms + 3000,
      ),
  };
}

/** From the PIN to the web in a browser without JavaScript. Milliseconds until the page said that the device is online. */
export async function browseWithPin(t: Pick<Test, 'teardown'>, lab: Lab, client: LabClient, pin: string) {
  const browser = await launchChromium(t, client);
  const page = browser.pages()[0] ?? (await browser.newPage());
  const web = `http://${lab.inetIp}/`;
  await page.goto(web);
  await page.fill('main[data-state=pin] input[name=pin]', pin);
  const began = performance.now();
  await page.click('button[type=submit]');
  // The router asks when its own script comes round, late on a busy machine.
  await page.waitForSelector('main[data-state=connected]', { timeout: 60_000 });
  const ms = performance.now() - began;
  // A connection from before still leads to the router: what a visitor does then is to try again.
  const there = async (): Promise<boolean> => {
    await page.goto(web).catch(() => undefined);
    return (await page.title()) === 'online';
  };
  await until('the web', there, 10_000);
  return ms;
}
