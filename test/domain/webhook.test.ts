import t from 'tap';
import { readRetryAfter, retryWait, wantsEvent, webhookProblems } from '../../src/domain/webhook.js';
import { type AddressClass, addressClass, mayReach } from '../../src/domain/webhook-address.js';
import { newWebhookSecret, signWebhook } from '../../src/domain/webhook-signature.js';
import { NINE } from '../fixtures/runtime.js';

t.test('addresses', async (t) => {
  const table: Record<AddressClass, string[]> = {
    public: [
      '1.1.1.1',
      '93.184.215.14',
      '100.63.255.255',
      '100.128.0.1',
      '172.15.0.1',
      '172.32.0.1',
      '192.167.1.1',
      '223.255.255.255',
      '2606:2800:21f:cb07::1',
      '2a00::1',
      '::ffff:1.1.1.1',
      '64:ff9b::1.1.1.1',
    ],
    private: [
      '10.0.0.1',
      '10.255.255.255',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '100.64.0.1',
      '127.0.0.1',
      '127.255.255.254',
      '::1',
      'fc00::1',
      'fdff::1',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '0:0:0:0:0:ffff:c0a8:0101',
      '64:ff9b::10.0.0.1',
      '64:ff9b::7f00:1',
    ],
    forbidden: [
      '0.0.0.0',
      '0.1.2.3',
      '169.254.169.254',
      '169.254.0.1',
      '100.100.100.200',
      '192.0.0.192',
      '192.0.2.1',
      '192.88.99.1',
      '198.18.0.1',
      '198.51.100.1',
      '203.0.113.1',
      '224.0.0.1',
      '239.255.255.250',
      '240.0.0.1',
      '255.255.255.255',
      '::',
      '::2',
      '::127.0.0.1',
      'fe80::1',
      'fe80::1%eth0',
      'fec0::1',
      'ff02::1',
      'fd00:ec2::254',
      '2001::1',
      '2001:db8::1',
      '2002:7f00:1::',
      '2002:a00:1::1',
      '3fff::1',
      '64:ff9b:1::1',
      '64:ff9b::169.254.169.254',
      '::ffff:169.254.169.254',
      '::ffff:0:127.0.0.1',
      '::ffff:0.0.0.0',
      '4000::1',
      '100::1',
      'localhost',
      '',
      '1.2.3',
    ],
  };
  for (const [kind, addresses] of Object.entries(table)) {
    for (const address of addresses) t.equal(addressClass(address), kind, address);
  }
  t.notOk(mayReach('10.0.0.1', false));
  t.ok(mayReach('10.0.0.1', true));
  t.notOk(mayReach('169.254.169.254', true), 'not even then');
});

t.test('web addresses', async (t) => {
  const problem = (url: string, allowPrivate = false) =>
    webhookProblems({ url }, { url, allowPrivate })[0]?.message;
  for (const url of [
    'https://example.com/x?y=1',
    'http://example.com:8080/',
    'https://[2606:2800:21f:cb07::1]/',
  ])
    t.equal(problem(url), undefined, url);
  const wrong: [url: string, message: RegExp][] = [
    ['example.com', /no web address/],
    ['ftp://example.com', /begins with https/],
    ['javascript:alert(1)', /begins with https/],
    ['https://ada:secret@example.com/', /no user name/],
    [`https://example.com/${'x'.repeat(2000)}`, /2000 characters/],
    ['http://127.0.0.1/', /private network/],
    ['http://2130706433/', /private network/],
    ['http://0x7f.1/', /private network/],
    ['http://[::ffff:10.0.0.1]/', /private network/],
    ['http://169.254.169.254/latest/meta-data/', /Nothing is sent/],
    ['http://0/', /Nothing is sent/],
  ];
  for (const [url, message] of wrong) t.match(problem(url), message, url);
  t.equal(problem('http://127.0.0.1:9/', true), undefined, 'an owner allowed it');
  t.match(problem('http://169.254.169.254/', true), /Nothing is sent/);
  t.notMatch(problem('https://ada:secret@example.com/'), /secret@/);
});

t.test('topics', async (t) => {
  t.ok(wantsEvent([], 'visit.registered'));
  t.ok(wantsEvent(['visit.*'], 'visit.registered'));
  t.ok(wantsEvent(['pin.shown', 'visit.registered'], 'visit.registered'));
  t.notOk(wantsEvent(['visit.*'], 'visitor.x'));
  t.notOk(wantsEvent(['visit.registered'], 'visit.registered-x'));
  const problem = (topic: string) =>
    webhookProblems({ topics: [topic] }, { url: 'https://example.com', allowPrivate: false })[0]?.message;
  for (const topic of ['visit.*', 'pin.failed', 'webhook.*']) t.equal(problem(topic), undefined, topic);
  for (const topic of ['*', 'visit', 'visit.x', 'x.*', '', 'constructor.*', 'toString'])
    t.match(problem(topic), /no type of event/, topic);
});

t.test('waiting doubles up to an hour, less up to a quarter', async (t) => {
  t.strictSame(
    [1, 2, 3, 10, 11, 5000].map((attempts) => retryWait(attempts, 0)),
    [5000, 10_000, 20_000, 2_560_000, 3_600_000, 3_600_000],
  );
  t.equal(retryWait(1, 1), 3750);
  t.equal(retryWait(1, 0, 60_000), 60_000, 'what the receiver asks for');
  t.equal(retryWait(1, 0, 9e9), 3_600_000, 'up to the hour');
  t.equal(retryWait(4, 0, 1000), 40_000, 'not sooner');
  t.equal(readRetryAfter('120', NINE), 120_000);
  t.equal(readRetryAfter('Mon, 23 Nov 2026 09:05:00 GMT', NINE), 300_000);
  t.equal(readRetryAfter('Mon, 23 Nov 2026 08:05:00 GMT', NINE), 0);
  t.equal(readRetryAfter('soon', NINE), undefined);
  t.equal(readRetryAfter(undefined, NINE), undefined);
});

t.test('signatures are those of Standard Webhooks', async (t) => {
  // The vector that the libraries of the specification are tested with.
  const headers = signWebhook(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    at: 1614265330_000,
    body: '{"test": 2432232314}',
  });
  t.strictSame(headers, {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });

  const [one, two] = [newWebhookSecret(), newWebhookSecret()];
  t.not(one, two);
  const key = (secret: string) => Buffer.from(secret.replace('whsec_', ''), 'base64').toString('hex');
  t.equal(key(one).length, 64);
  const body = '{"name":"Žofie"}';
  const signed = signWebhook([one, two], { id: 'main_1-0', at: NINE + 999, body });
  const other = async (secret: string) => {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' };
    const bytes = Buffer.from(secret.replace('whsec_', ''), 'base64');
    const imported = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign']);
    const text = new TextEncoder().encode(`main_1-0.${NINE / 1000}.${body}`);
    return Buffer.from(await crypto.subtle.sign('HMAC', imported, text)).toString('base64');
  };
  t.equal(signed['webhook-signature'], `v1,${await other(one)} v1,${await other(two)}`);
});
