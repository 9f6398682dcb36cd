import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import t from 'tap';
import type { ClientMac, GatewayId } from '../../src/domain/id.js';
import { startUnifi } from '../emulators/unifi.js';
import { startGuest } from '../fixtures/guest.js';
import { eventually, SITE } from '../fixtures/runtime.js';
import { percentile, report } from './report.js';

/** Visitors at the healthy gateway in one phase, so many of them at once; and how often both phases take turns. */
const VISITORS = 500;
const AT_ONCE = 4;
const TURNS = 5;
/** What is promised of the ratio. */
const AT_MOST = 1.2;
/** A visitor at the bad gateway comes so often, and waits for 3 s. */
const BAD_EVERY_MS = 100;
const DEVICES_PER_VISIT = 20;

/** How a gateway can be bad, by what it does with a connection. */
const BAD = {
  dead: () => undefined,
  slow: (socket: Socket) => {
    socket.on('data', () => setTimeout(() => socket.write(ANSWER), SLOW_MS));
  },
  lying: (socket: Socket) => {
    socket.on('data', () => socket.write(ANSWER));
  },
} as const;

const SLOW_MS = 7000;
const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{"meta":{}';

async function startBad(
  t: { teardown(run: () => unknown): void },
  behave: (socket: Socket) => void,
): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    behave(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

for (const [name, behave] of Object.entries(BAD))
  t.test(`a ${name} gateway delays no visitor of a healthy one`, { timeout: 300_000 }, async (t) => {
    const guest = await startGuest(t);
    const { runtime } = guest;
    const healthy = await startUnifi(t, { flavour: 'os', now: runtime.time });
    const common = { kind: 'unifi', username: 'foyer', password: 'secret', trust: 'redirect' };
    const put = async (id: string, url: string) => {
      await runtime.services.registry.put(SITE, id as GatewayId, { ...common, url }, 'test');
      await runtime.worker?.sync();
      await eventually(() => runtime.worker?.holds(id as GatewayId));
    };
    await put('alive', healthy.router.url);
    const bad = await startBad(t, behave);

    let made = 0;
    const pins: Promise<{ pin: string }>[] = [];
    async function visitor(gateway: string): Promise<number> {
      const n = made++;
      const nth = Math.floor(n / DEVICES_PER_VISIT);
      pins[nth] ??= guest.visit({ maxDevices: DEVICES_PER_VISIT });
      const { pin } = await pins[nth];
      const tail = [n >> 16, n >> 8, n].map((byte) => (byte & 255).toString(16).padStart(2, '0')).join(':');
      const mac = `02:bb:00:${tail}` as ClientMac;
      const phone = guest.device(mac, `127.1.${(n >> 8) & 255}.${n & 255}`);
      await phone.get(`/enter/${gateway}?id=${mac}&ap=f0:9f:c2:00:00:02`);
      const begun = performance.now();
      const { status } = await phone.type(pin);
      t.equal(status, 303);
      return performance.now() - begun;
    }

    async function phase(): Promise<number[]> {
      const took: number[] = [];
      let left = VISITORS;
      const one = async (): Promise<void> => {
        while (left-- > 0) took.push(await visitor('alive'));
      };
      await Promise.all(Array.from({ length: AT_ONCE }, one));
      return took;
    }

    await phase();
    const alone: number[] = [];
    const beside: number[] = [];
    const atBad: Promise<number>[] = [];
    for (let turn = 0; turn < TURNS; turn++) {
      alone.push(...(await phase()));
      await put('bad', bad);
      const coming = setInterval(() => atBad.push(visitor('bad')), BAD_EVERY_MS);
      beside.push(...(await phase()));
      clearInterval(coming);
      await Promise.all(atBad);
      await runtime.services.registry.remove(SITE, 'bad' as GatewayId, 'test');
      await runtime.worker?.sync();
    }
    const [yardstick, measured] = [alone, beside].map((took) => percentile(took, 0.99)) as [number, number];
    t.comment(
      `p50 ${percentile(alone, 0.5).toFixed(1)} / ${percentile(beside, 0.5).toFixed(1)} ms, p99 ${yardstick.toFixed(1)} / ${measured.toFixed(1)} ms, ${atBad.length} visitors at the bad one`,
    );
    report({
      name: `${name}-gateway`,
      what: `p99 of a PIN that is sent at a healthy gateway: alone, and with a ${name} one beside it whose visitors wait`,
      unit: 'ms',
      yardstick,
      measured,
      ratio: measured / yardstick,
      atMost: AT_MOST,
    });
    t.ok(measured / yardstick <= AT_MOST, `${name}: ${measured / yardstick}`);
  });
