import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { launchChromium } from './chromium.js';
import { createLab, noLab, until } from './network.js';

const namespaces = (): string[] =>
  execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '');

if (noLab) {
  t.test('the lab', { skip: noLab }, async () => undefined);
} else {
  t.test('clients have leases, names, and an internet on both families', async (t) => {
    const lab = await createLab(t, { clients: 3 });
    t.equal(new Set(lab.clients.map(({ ip }) => ip)).size, 3);
    for (const client of lab.clients) {
      t.match(client.ip, /^10\.77\.0\.1\d\d$/);
      t.match(await lab.curl(client, `http://${lab.inetIp}/`), /online/);
      t.match(await lab.curl(client, `http://[${lab.inetIp6}]/`), /online/);
      t.match(await lab.curl(client, 'http://any.example/'), /online/);
      t.match(await lab.curl(client, 'http://six.lab/'), /online/);
    }
    t.equal(await lab.curl(lab.clients[0], `http://${lab.inetIp}/generate_204`, '-w', '%{http_code}'), '204');
    const prefix = lab.router.replace(/router$/, '');
    await lab.close();
    t.strictSame(
      namespaces().filter((ns) => ns.startsWith(prefix)),
      [],
      'closed, it leaves nothing',
    );
    await t.resolves(lab.close(), 'and closing again is no fault');
  });

  t.test('a browser runs on a client', async (t) => {
    const lab = await createLab(t);
    const browser = await launchChromium(t, lab.clients[0]);
    const page = browser.pages()[0] ?? (await browser.newPage());
    await page.goto(`http://${lab.inetIp}/`);
    t.equal(await page.title(), 'online');
  });

  t.test('what a crashed run left is swept by the next lab', async (t) => {
    const dead = spawn('true');
    await once(dead, 'close');
    const ns = `foyer-${dead.pid}-1-router`;
    execFileSync('ip', ['netns', 'add', ns]);
    const left = spawn('ip', ['netns', 'exec', ns, 'sleep', '60']);
    const ended = once(left, 'close');
    await until(
      'it is in the namespace',
      () => execFileSync('ip', ['netns', 'pids', ns], { encoding: 'utf8' }) !== '',
    );
    await createLab(t);
    await ended;
    t.notOk(namespaces().includes(ns));
  });
}
