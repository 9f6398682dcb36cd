import t from 'tap';
import { startGuest } from '../../fixtures/guest.js';
import { MINUTE, SITE } from '../../fixtures/runtime.js';

function recorder() {
  const lines: { level: string; data: Record<string, unknown>; message: string }[] = [];
  const at = (level: string) => (data: object, message: string) => {
    lines.push({ level, data: { ...data }, message });
  };
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}

t.test('clients that cannot be proven fill no log: one line a minute for each gateway', async (t) => {
  const log = recorder();
  const guest = await startGuest(t, { log });
  const { registry } = guest.runtime.services;
  const [demo] = registry.all();
  if (!demo) throw new Error('no gateway');
  for (const [id, network] of [
    ['verifying', '127.0.8.0/24'],
    ['another', '127.0.9.0/24'],
  ] as const)
    await registry.put(
      SITE,
      id as typeof demo.id,
      { kind: 'demo', trust: 'verify', guestNetworks: [network] },
      'test',
    );
  const stranger = guest.device(undefined, '192.0.2.9');
  const said = () => log.lines.filter(({ message }) => message === 'a client could not be proven');
  for (let i = 0; i < 20; i++) t.equal((await stranger.enter('verifying')).state, 'unknown-client');
  t.same(
    said().map(({ data }) => data),
    [{ gateway: 'verifying', times: 1 }],
  );
  await stranger.enter('another');
  t.equal(said().length, 2, 'each gateway has its own minute');
  guest.runtime.time.advance(MINUTE - 1);
  await stranger.enter('verifying');
  t.equal(said().length, 2);
  guest.runtime.time.advance(1);
  await stranger.enter('verifying');
  t.equal(said().length, 3);
  t.same(said().at(-1)?.data, { gateway: 'verifying', times: 21 }, 'none is lost');
});

t.test(
  'an unknown error is logged with its type, message and stack, and with nothing it carries',
  async (t) => {
    const log = recorder();
    const guest = await startGuest(t, { log });
    const { pin } = await guest.visit();
    const phone = guest.device();
    await phone.enter();
    const { settings } = guest.runtime.services;
    const carried = Object.assign(new TypeError('of no kind that is known'), {
      command: { name: 'hset', args: ['Zebediah', 'zebediah@example.com'] },
    });
    Object.assign(settings, { read: async () => Promise.reject(carried) });
    t.equal((await phone.type(pin)).status, 500);
    const [line] = log.lines.filter(({ level }) => level === 'error');
    t.same(line?.data.error, {
      type: 'TypeError',
      message: 'of no kind that is known',
      stack: carried.stack,
    });
    t.notMatch(JSON.stringify(line), /zebediah/i);
  },
);
