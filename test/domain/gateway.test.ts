import t from 'tap';
import { networksHold, parseNetwork, plainAddress } from '../../src/domain/gateway.js';

t.test('an address is compared without its zone and without the form of IPv4 in IPv6', async (t) => {
  for (const [address, plain] of [
    ['10.0.0.7', '10.0.0.7'],
    ['::ffff:10.0.0.7', '10.0.0.7'],
    ['::FFFF:10.0.0.7', '10.0.0.7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['fd00::ffff:10.0.0.7', 'fd00::ffff:10.0.0.7'],
    ['::1', '::1'],
    ['', ''],
  ] as const)
    t.equal(plainAddress(address), plain, address);
});

t.test('a network is an address with or without the length of its prefix', async (t) => {
  for (const [text, network] of [
    ['10.0.0.0/24', { address: '10.0.0.0', prefix: 24, family: 'ipv4' }],
    ['10.0.0.7', { address: '10.0.0.7', prefix: 32, family: 'ipv4' }],
    ['0.0.0.0/0', { address: '0.0.0.0', prefix: 0, family: 'ipv4' }],
    ['10.0.0.7/32', { address: '10.0.0.7', prefix: 32, family: 'ipv4' }],
    ['fd00::/8', { address: 'fd00::', prefix: 8, family: 'ipv6' }],
    ['::1', { address: '::1', prefix: 128, family: 'ipv6' }],
    ['fd00::1/128', { address: 'fd00::1', prefix: 128, family: 'ipv6' }],
  ] as const)
    t.strictSame(parseNetwork(text), network, text);
});

t.test('what is no network is none, and holds no address', async (t) => {
  for (const text of [
    '',
    '/24',
    '10.0.0.0/',
    '10.0.0.0/33',
    'fd00::/129',
    '10.0.0.0/-1',
    '10.0.0.0/2 4',
    '10.0.0.0/24/8',
    '10.0.0.0/255.255.255.0',
    '10.0.0/24',
    '10.0.0.256',
    '010.0.0.1',
    'guests.lan',
    ' 10.0.0.0/24',
    'any',
  ]) {
    t.equal(parseNetwork(text), undefined, JSON.stringify(text));
    const holds = networksHold([text]);
    t.strictSame(['10.0.0.1', 'fd00::1', '127.0.0.1', text].map(holds), [false, false, false, false]);
  }
});

t.test('networks hold the addresses within them, to the edge', async (t) => {
  const rows: [networks: string[], inside: string[], outside: string[]][] = [
    [
      ['10.0.0.0/24'],
      ['10.0.0.0', '10.0.0.255', '::ffff:10.0.0.9', '::ffff:a00:9'],
      ['9.255.255.255', '10.0.1.0', '::ffff:10.0.1.0', 'fd00::1'],
    ],
    [['10.0.0.77/24'], ['10.0.0.1', '10.0.0.255'], ['10.0.1.77']],
    [['192.168.4.0/22'], ['192.168.4.0', '192.168.7.255'], ['192.168.3.255', '192.168.8.0']],
    [['10.0.0.7'], ['10.0.0.7'], ['10.0.0.6', '10.0.0.8']],
    [['0.0.0.0/0'], ['0.0.0.0', '255.255.255.255'], ['fd00::1']],
    [['fd00:1::/64'], ['fd00:1::', 'fd00:1::ffff:ffff:ffff:ffff', 'FD00:1::a'], ['fd00:1:0:1::', '10.0.0.1']],
    [['fe80::/10'], ['fe80::1', 'fe80::1%eth0', 'febf::1'], ['fec0::1']],
    [
      ['10.0.0.0/24', 'fd00::/8', '10.2.0.0/16'],
      ['10.0.0.1', 'fd12::1', '10.2.255.1'],
      ['10.1.0.1', 'fe00::1'],
    ],
    [['broken', '10.0.0.0/24'], ['10.0.0.1'], ['10.0.1.1']],
    [[], [], ['10.0.0.1', '::1', '127.0.0.1']],
  ];
  for (const [networks, inside, outside] of rows) {
    const holds = networksHold(networks);
    for (const address of inside) t.equal(holds(address), true, `${networks} holds ${address}`);
    for (const address of outside) t.equal(holds(address), false, `${networks} does not hold ${address}`);
  }
});

t.test('what is no address lies in no network', async (t) => {
  const holds = networksHold(['0.0.0.0/0', '::/0']);
  for (const address of [
    '',
    '10.0.0',
    '10.0.0.1:80',
    '[::1]',
    'localhost',
    '10.0.0.1/32',
    '999.0.0.1',
    '%eth0',
  ])
    t.equal(holds(address), false, JSON.stringify(address));
  t.equal(holds('10.0.0.1'), true);
  t.equal(holds('::1'), true);
});
