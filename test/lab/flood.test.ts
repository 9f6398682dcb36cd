import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { createLab, noLab } from './network.js';
import { createPhone, measured } from './phone.js';
import { startPortal } from './portal.js';

const RATE = 2000;
const SECONDS = 3;
const REDEEM_MS = 2000;

if (noLab) {
  t.test('a phone that probes without end', { skip: noLab }, async () => undefined);
} else {
  t.setTimeout(60_000);
  const lab = await createLab(t, { clients: 2 });
  const portal = await startPortal(t, lab);
  const [client, second = client] = lab.clients;
  const [noisy, phone] = [createPhone(lab, client), createPhone(lab, second)];

  t.test('two thousand probes a second from one phone do not keep another from coming online', async (t) => {
    const { pin } = await portal.visit({ minutes: 5 });
    const program = [
      process.execPath,
      `${import.meta.dirname}/flood.mjs`,
      lab.inetIp,
      `${RATE}`,
      `${SECONDS}`,
    ];
    const flood = lab.spawn(noisy.client.ns, program);
    await flood.says('begun');
    await sleep(500);
    const began = performance.now();
    const page = await phone.browse();
    t.equal(page.state, 'pin');
    t.comment(measured('flooded-probe-to-pin-page', performance.now() - began));
    const [answer, ms] = await Promise.all([phone.send(page, { pin }), phone.measure('online')]);
    t.comment(measured('flooded-pin-to-online', ms));
    t.ok(ms <= REDEEM_MS, `${ms}`);
    t.equal(answer.status, 303);
    t.equal(flood.child.exitCode, null, 'all of it while the other went on');

    await flood.says('"ms"', 10_000);
    const line = flood.output().trim().split('\n').at(-1) ?? '';
    const { sent, redirected, other, ms: lasted } = JSON.parse(line) as Record<string, number>;
    t.comment(`probes sent ${sent}, redirected ${redirected} in ${lasted} ms`);
    t.equal(other, 0, 'each answer is the redirect');
    t.ok((redirected ?? 0) > 500, 'and most are answered');
    t.equal((await noisy.browse()).state, 'pin', 'the noisy phone itself may go on too');
    t.notOk(await noisy.passes());
  });
}
