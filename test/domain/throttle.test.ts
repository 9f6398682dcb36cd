import t from 'tap';
import { codeSubjects, passwordSubjects, sourceOf } from '../../src/domain/throttle.js';

t.test('a source is an IPv4 address, or the network of an IPv6 one', async (t) => {
  for (const [ip, source] of [
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::9', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
  ] as const) {
    t.equal(sourceOf(ip), source, ip);
  }
});

t.test('a known browser is counted by itself, a stranger by account, address and all together', async (t) => {
  const stranger = { account: 'a', address: 'b' };
  t.same(
    passwordSubjects(stranger).map(({ name }) => name),
    ['account:a', 'address:b', 'everybody'],
  );
  t.same(
    passwordSubjects({ ...stranger, known: 'c' }).map(({ name }) => name),
    ['account:a:c'],
  );
  t.equal(codeSubjects(stranger)[0].name, 'code:a', 'codes apart from passwords');
});

t.test('strangers delay an account by a minute at most', async (t) => {
  t.equal(passwordSubjects({ account: 'a', address: 'b' })[0].limit.longestMs, 60_000);
});
