import type { LookupAddress } from 'node:dns';
import { createServer } from 'node:net';
import t from 'tap';
import { createWebhookSend, oneLine } from '../../src/services/webhook-send.js';
import { says, startReceiver } from '../fixtures/receiver.js';
import { NINE } from '../fixtures/runtime.js';

const now = () => NINE;
const order = { body: '{}', headers: { 'webhook-id': 'main_1-0' }, allowPrivate: true };
const at = (...addresses: string[]): LookupAddress[] =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

t.test(
  'a body is sent with its headers, and the beginning of the answer comes back in one line',
  async (t) => {
    const receiver = await startReceiver(t);
    receiver.answer = says(200, `  thanks\u0000\r\nX: y\u001b[31m\u202e ${'z'.repeat(500)}`, {
      'retry-after': '7',
    });
    const sent = await createWebhookSend({ now })({ ...order, url: `${receiver.url}?a=b`, body: '{"a":1}' });
    t.match(sent, { status: 200, says: /^thanks X: y \[31m z+$/, retryAfterMs: 7000 });
    t.equal(sent.says.length, 200);
    t.match(receiver.got[0], {
      path: '/hook?a=b',
      text: '{"a":1}',
      headers: { 'webhook-id': 'main_1-0', 'content-type': 'application/json', 'user-agent': 'Foyer' },
    });
    t.equal(oneLine('😀'.repeat(300)), '😀'.repeat(200), 'no half characters');
  },
);

t.test('a name that leads into a private network is refused before a connection is made', async (t) => {
  const receiver = await startReceiver(t);
  let looked = 0;
  const tried = async (addresses: LookupAddress[], allowPrivate: boolean) => {
    const lookup = async () => {
      looked++;
      return addresses;
    };
    const url = `http://hooks.example:${receiver.port}/hook`;
    return createWebhookSend({ now, lookup, timeoutMs: 2000 })({ ...order, url, allowPrivate });
  };
  for (const address of [
    '127.0.0.1',
    '10.1.2.3',
    '::1',
    'fd12::1',
    '100.64.0.9',
    '::ffff:192.168.0.1',
    '64:ff9b::a00:1',
  ]) {
    const sent = await tried(at(address), false);
    t.match(sent, { status: null, says: /private network, which this webhook may not reach/ }, address);
  }
  for (const address of ['169.254.169.254', 'fe80::1', '224.0.0.1', '0.0.0.0', 'fd00:ec2::254']) {
    const sent = await tried(at(address), true);
    t.match(sent, { status: null, says: /where no webhook is sent/ }, `${address}, even for an owner`);
  }
  t.match(
    await tried(at('93.184.215.14', '10.0.0.1'), false),
    { status: null, says: /10\.0\.0\.1/ },
    'each is judged',
  );
  t.match(await tried([], true), { status: null, says: /no address/ });
  t.equal(receiver.got.length, 0);
  looked = 0;
  t.match(await tried(at('127.0.0.1'), true), { status: 204 });
  t.equal(looked, 1, 'the name is asked for once: a second answer could be another');
  t.equal(receiver.got[0]?.headers.host, `hooks.example:${receiver.port}`);
});

t.test('an address in the URL itself is judged as well', async (t) => {
  const receiver = await startReceiver(t);
  const send = createWebhookSend({ now });
  for (const host of ['127.0.0.1', '2130706433', '0x7f000001', '[::ffff:127.0.0.1]', '0177.0.0.1'])
    t.match(
      await send({ ...order, url: `http://${host}:${receiver.port}/`, allowPrivate: false }),
      { status: null, says: /private network/ },
      host,
    );
  t.match(await send({ ...order, url: `http://0.0.0.0:${receiver.port}/` }), { status: null });
  t.equal(receiver.got.length, 0);
});

t.test('a redirect is not followed', async (t) => {
  const receiver = await startReceiver(t);
  const other = await startReceiver(t);
  for (const status of [301, 302, 303, 307, 308]) {
    receiver.answer = says(status, '', { location: other.url });
    t.match(await createWebhookSend({ now })({ ...order, url: receiver.url }), { status }, `${status}`);
  }
  t.equal(other.got.length, 0);
});

t.test('whatever a receiver does is bounded', async (t) => {
  const receiver = await startReceiver(t);
  const send = createWebhookSend({ now, timeoutMs: 300 });
  receiver.answer = () => undefined;
  t.match(await send({ ...order, url: receiver.url }), {
    status: null,
    says: /did not answer within 0\.3 s/,
  });

  let written = 0;
  receiver.answer = (_, response) => {
    response.writeHead(200);
    const part = Buffer.alloc(16 * 1024, 'a');
    const more = (): void => {
      if (response.destroyed || written > 64 * 1024 * 1024) return;
      written += part.length;
      response.write(part, more);
    };
    more();
  };
  t.match(await send({ ...order, url: receiver.url }), { status: 200, says: /^a{200}$/ });
  t.ok(written < 16 * 1024 * 1024, `an endless answer is cut: ${written}`);

  receiver.answer = (_, response) => {
    response.writeHead(200);
    response.write('slow');
  };
  const began = performance.now();
  t.match(await send({ ...order, url: receiver.url }), { status: 200, says: 'slow' }, 'the status counts');
  t.ok(performance.now() - began < 2000);

  t.match(
    await createWebhookSend({ now, timeoutMs: 200, lookup: () => new Promise(() => undefined) })({
      ...order,
      url: 'http://hooks.example/',
    }),
    { status: null, says: /did not answer/ },
    'a resolver that hangs',
  );
});

t.test('what is in the way is said in words', async (t) => {
  const send = createWebhookSend({ now, timeoutMs: 2000 });
  const garbage = createServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n'));
  await new Promise<void>((resolve) => garbage.listen(0, '127.0.0.1', resolve));
  t.teardown(() => garbage.close());
  const { port } = garbage.address() as { port: number };
  t.match(await send({ ...order, url: `http://127.0.0.1:${port}/` }), {
    status: null,
    says: /not HTTP|hangs up/,
  });
  t.match(await send({ ...order, url: `https://127.0.0.1:${port}/` }), { status: null, says: /https/ });
  t.match(await send({ ...order, url: 'http://127.0.0.1:1/' }), {
    status: null,
    says: /nothing listens there/,
  });
  const lookup = async (): Promise<never> => {
    throw Object.assign(new Error('no'), { code: 'ENOTFOUND' });
  };
  t.match(await createWebhookSend({ now, lookup })({ ...order, url: 'https://hooks.example/secret-path' }), {
    status: null,
    says: 'hooks.example cannot be reached: the name is not known.',
  });
});
