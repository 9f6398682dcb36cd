import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import t, { type Test } from 'tap';
import type { ClientMac } from '../../src/domain/id.js';
import { listen } from '../fixtures/guest.js';
import { startAsking } from '../fixtures/radius.js';
import { findChromium } from '../lab/chromium.js';

const PHONE = '02:00:00:00:70:01' as ClientMac;
const executablePath = findChromium();
const skip = executablePath === undefined && 'no Chromium on this machine';

/** What a browser brings to the login form of a router is asked of Foyer by RADIUS; then the browser is sent on. */
async function startForm(t: Test, arrive: (username: string, password: string) => Promise<unknown>) {
  const asked: { method: string; origin: string | undefined; names: string[] }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const query = request.url?.split('?')[1] ?? '';
      const sent = new URLSearchParams(request.method === 'POST' ? Buffer.concat(chunks).toString() : query);
      asked.push({ method: request.method ?? '', origin: request.headers.origin, names: [...sent.keys()] });
      const passes = await arrive(sent.get('username') ?? '', sent.get('password') ?? '');
      response.writeHead(passes ? 302 : 403, passes ? { location: sent.get('redirect_url') ?? '' } : {});
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/login` };
}

for (const method of ['POST', 'GET'] as const) {
  t.test(
    `a browser without script logs in at the router by ${method}, and comes back to be told`,
    { skip },
    async (t) => {
      const fields = { kind: 'postback', profile: 'generic', hosts: ['127.0.0.1'], macParam: 'mac', method };
      const { app, nas, visit } = await startAsking(t, fields);
      const form = await startForm(t, (username, password) => nas.arrive(PHONE, { username, password }));
      const portal = `http://127.0.0.1:${await listen(app)}`;
      const { pin } = await visit();
      const browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
      t.teardown(() => browser.close());
      const tab = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
      const refused: string[] = [];
      tab.on('console', (message) => refused.push(message.text()));

      await tab.goto(`${portal}/enter/hall?mac=${PHONE}&login_url=${encodeURIComponent(form.url)}`);
      await tab.fill('[name=pin]', pin);
      await tab.click('button[type=submit]');
      if (method === 'POST') {
        await tab.waitForSelector('main[data-state=handoff]');
        t.equal(await tab.locator('main button').count(), 1, 'one button');
        await tab.click('main button');
      }
      await tab.waitForSelector('main[data-state=connected]', { timeout: 15_000 });
      t.strictSame(
        form.asked.map(({ method, names }) => [method, names.toSorted()]),
        [[method, ['password', 'redirect_url', 'username']]],
      );
      t.notMatch(tab.url(), /password|username/);
      t.strictSame(refused, [], 'no policy stood in the way');
      t.equal(nas.sessions().length, 1);
    },
  );
}
