import { createHash } from 'node:crypto';
import fc from 'fast-check';
import radius from 'radius';
import t from 'tap';
import {
  chilliLimits,
  first,
  integer,
  integerIn,
  ipv4,
  ipv4In,
  ipv6In,
  macOf,
  mikrotikLimits,
  pfsenseLimits,
  TYPE,
  text,
  textIn,
  textOf,
  VENDOR,
  vendor,
  vendorIn,
  wisprLimits,
} from '../../src/drivers/radius/attributes.js';
import {
  CODE,
  chapMatches,
  chapPassword,
  decode,
  encodeRequest,
  encodeResponse,
  hidePassword,
  messageAuthenticator,
  type Packet,
  requestIsOf,
  responseIsOf,
  revealPassword,
} from '../../src/drivers/radius/codec.js';

const SECRET = 's3cret';
const AUTHENTICATOR = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
/** Made elsewhere, and the pair of Access packets read by another implementation too. */
const VECTORS = {
  request:
    '01070052000102030405060708090a0b0c0d0e0f501294be0870bc8b9ad32355d262240b51bb010767756573740212b3db0a6e4ff3b6e7dc50f839771981501f1330322d30302d30302d30302d30302d3031',
  accept:
    '0207003f8d2c28f49b957d3471891eadd9809c4c50129c72a8f40aaeb6fdc8545c264bec65fe1b0600000e101d06000000001a0d00003a8c0807324d2f384d',
  disconnect:
    '2809003bda997a2ea92a743248231cd5f818e05a501215930d8a7a497e52eb3cb776f8bd4c5f010767756573742c0861626331323337066553f100',
  accounting: '040300227c59a39e1472e2c3922c15a5071b2b212806000000012c08616263313233',
};
const read = (hex: string): Packet => decode(Buffer.from(hex, 'hex')) as Packet;

t.test('an Access-Request is written and read as it is on the wire', async (t) => {
  const attributes = [
    text(TYPE.userName, 'guest'),
    { type: TYPE.userPassword, value: hidePassword('pin1234', AUTHENTICATOR, SECRET) },
    text(TYPE.callingStation, '02-00-00-00-00-01'),
  ];
  const made = encodeRequest({ code: 1, id: 7, secret: SECRET, attributes, authenticator: AUTHENTICATOR });
  t.equal(made.toString('hex'), VECTORS.request);
  const packet = read(VECTORS.request);
  t.match(packet, { code: CODE.accessRequest, id: 7 });
  t.equal(messageAuthenticator(packet, SECRET), 'right');
  t.equal(messageAuthenticator(packet, 'other'), 'wrong');
  t.equal(textIn(packet.attributes, TYPE.userName), 'guest');
  const hidden = first(packet.attributes, TYPE.userPassword) as Buffer;
  t.equal(revealPassword(hidden, AUTHENTICATOR, SECRET)?.toString(), 'pin1234');
  t.equal(macOf(textIn(packet.attributes, TYPE.callingStation)), '02:00:00:00:00:01');
});

t.test('an Access-Accept is written and read as it is on the wire', async (t) => {
  const attributes = [
    integer(TYPE.sessionTimeout, 3600),
    integer(TYPE.terminationAction, 0),
    vendor(VENDOR.mikrotik, text(8, '2M/8M')),
  ];
  const made = encodeResponse(read(VECTORS.request), { code: 2, secret: SECRET, attributes });
  t.equal(made.toString('hex'), VECTORS.accept);
  const packet = read(VECTORS.accept);
  t.equal(packet.attributes[0]?.type, TYPE.messageAuthenticator, 'the signature comes first');
  t.equal(messageAuthenticator(packet, SECRET, AUTHENTICATOR), 'right');
  t.equal(messageAuthenticator(packet, SECRET), 'wrong', 'it is bound to its request');
  t.ok(responseIsOf(packet, AUTHENTICATOR, SECRET));
  t.notOk(responseIsOf(packet, AUTHENTICATOR, 'other'));
  t.equal(vendorIn(packet.attributes, VENDOR.mikrotik, 8)?.toString(), '2M/8M');
});

t.test('a Disconnect-Request is written and read as it is on the wire', async (t) => {
  const attributes = [
    text(TYPE.userName, 'guest'),
    text(TYPE.sessionId, 'abc123'),
    integer(TYPE.eventTimestamp, 1_700_000_000),
  ];
  const made = encodeRequest({ code: 40, id: 9, secret: SECRET, attributes });
  t.equal(made.toString('hex'), VECTORS.disconnect);
  const packet = read(VECTORS.disconnect);
  t.equal(messageAuthenticator(packet, SECRET), 'right');
  t.ok(requestIsOf(packet, SECRET));
  t.notOk(requestIsOf(packet, 'other'));
  t.equal(integerIn(packet.attributes, TYPE.eventTimestamp), 1_700_000_000);
});

t.test('an Accounting-Request is written and read as it is on the wire', async (t) => {
  const attributes = [integer(TYPE.statusType, 1), text(TYPE.sessionId, 'abc123')];
  const parts = { code: 4, id: 3, secret: SECRET, attributes, messageAuthenticator: false };
  t.equal(encodeRequest(parts).toString('hex'), VECTORS.accounting);
  t.ok(requestIsOf(read(VECTORS.accounting), SECRET));
  t.equal(messageAuthenticator(read(VECTORS.accounting), SECRET), 'absent');
});

t.test('one bit of any of them altered is found', async (t) => {
  for (const hex of Object.values(VECTORS)) {
    const whole = Buffer.from(hex, 'hex');
    for (let bit = 32; bit < whole.length * 8; bit++) {
      const bytes = Buffer.from(whole);
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      const packet = decode(bytes);
      if (!packet) continue;
      const believed =
        packet.code === CODE.accountingRequest
          ? requestIsOf(packet, SECRET)
          : messageAuthenticator(packet, SECRET, AUTHENTICATOR) === 'right' &&
            (packet.code === CODE.accessRequest ||
              (packet.code === CODE.accessAccept
                ? responseIsOf(packet, AUTHENTICATOR, SECRET)
                : requestIsOf(packet, SECRET)));
      if (believed) t.fail(`bit ${bit} of ${hex}`);
    }
  }
  t.pass();
});

t.test('what is no packet is none, whatever its bytes', async (t) => {
  const whole = Buffer.from(VECTORS.request, 'hex');
  const at = (index: number, value: number): Buffer => {
    const bytes = Buffer.from(whole);
    bytes[index] = value;
    return bytes;
  };
  t.equal(decode(Buffer.alloc(0)), undefined);
  t.equal(decode(whole.subarray(0, 19)), undefined, 'less than a head');
  t.equal(decode(whole.subarray(0, -1)), undefined, 'less than it says');
  t.equal(decode(at(3, 19)), undefined, 'says less than a head');
  t.equal(decode(at(3, 0x51)), undefined, 'cuts the last attribute');
  t.equal(decode(at(21, 0)), undefined, 'an attribute without a length');
  t.equal(decode(at(21, 1)), undefined, 'an attribute shorter than its head');
  t.equal(decode(Buffer.alloc(4097)), undefined, 'longer than a packet may be');
  t.strictSame(decode(Buffer.concat([whole, Buffer.alloc(9)]))?.bytes, whole, 'padding is none of it');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (bytes, secret) => {
      const packet = decode(Buffer.from(bytes));
      if (!packet) return;
      messageAuthenticator(packet, secret);
      requestIsOf(packet, secret);
      for (const { value } of packet.attributes) textOf(value);
      vendorIn(packet.attributes, VENDOR.mikrotik, 8);
    }),
  );
});

t.test('a packet with two signatures is believed by neither', async (t) => {
  const twice = encodeRequest({
    code: 1,
    id: 1,
    secret: SECRET,
    attributes: [{ type: TYPE.messageAuthenticator, value: Buffer.alloc(16) }],
  });
  t.equal(messageAuthenticator(decode(twice) as Packet, SECRET), 'wrong');
});

t.test('what does not fit into a packet is not sent cut', async (t) => {
  const long = { type: TYPE.class, value: Buffer.alloc(254) };
  const parts = { code: 1, id: 1, secret: SECRET };
  t.throws(() => encodeRequest({ ...parts, attributes: [long] }), RangeError);
  const many = Array.from({ length: 17 }, () => ({ type: TYPE.class, value: Buffer.alloc(250) }));
  t.throws(() => encodeRequest({ ...parts, attributes: many }), RangeError);
});

t.test('every password of up to 128 bytes comes back, and CHAP tells the right one', async (t) => {
  fc.assert(
    fc.property(fc.string({ maxLength: 30 }), fc.string({ minLength: 1 }), (password, secret) => {
      if (password.endsWith('\0')) return;
      const hidden = hidePassword(password, AUTHENTICATOR, secret);
      t.equal(hidden.length % 16, 0);
      t.equal(revealPassword(hidden, AUTHENTICATOR, secret)?.toString(), Buffer.from(password).toString());
    }),
  );
  for (const length of [0, 15, 129, 144])
    t.equal(revealPassword(Buffer.alloc(length), AUTHENTICATOR, SECRET), undefined, `${length} bytes`);
  const chap = chapPassword(5, 'pin1234', AUTHENTICATOR);
  const digest = createHash('md5').update('\x05pin1234').update(AUTHENTICATOR).digest('hex');
  t.equal(chap.toString('hex'), `05${digest}`);
  t.ok(chapMatches(chap, 'pin1234', AUTHENTICATOR));
  t.notOk(chapMatches(chap, 'pin1235', AUTHENTICATOR));
  t.notOk(chapMatches(chap.subarray(0, 16), 'pin1234', AUTHENTICATOR));
});

t.test('a MAC is read in the forms that routers write, and nothing else is one', async (t) => {
  for (const written of [
    '02-00-00-00-AA-01',
    '02:00:00:00:aa:01',
    '0200.0000.aa01',
    '02000000AA01',
    '020000-00aa01',
  ])
    t.equal(macOf(written), '02:00:00:00:aa:01', written);
  for (const written of [undefined, '', 'guest', '02-00-00-00-AA', '01-00-5e-00-00-01', '02000000aa01:WiFi'])
    t.equal(macOf(written), undefined, String(written));
});

t.test('values that are not what they should be are not read', async (t) => {
  const raw = (type: number, ...bytes: number[]) => [{ type, value: Buffer.from(bytes) }];
  t.equal(integerIn(raw(27, 1, 2, 3), 27), undefined);
  t.equal(textIn(raw(1, 0xff, 0xfe), 1), undefined, 'not UTF-8');
  t.equal(textIn(raw(1, 65, 10, 66), 1), undefined, 'a line break');
  t.equal(textIn(raw(1, 65, 0), 1), 'A', 'a zero at the end');
  t.equal(ipv4In(raw(8, 10, 1, 0, 5), 8), '10.1.0.5');
  t.equal(ipv4In(raw(8, 255, 255, 255, 254), 8), undefined, 'the router is to choose one');
  t.equal(ipv4In(raw(8, 0, 0, 0, 0), 8), undefined);
  t.equal(ipv6In(raw(168, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), 168), '2001:db8::1');
  t.strictSame(ipv4(4, '2001:db8::1'), []);
  t.equal(vendorIn([vendor(9, text(1, 'a=b'))], 9, 2), undefined);
  t.equal(vendorIn(raw(26, 0, 0, 0, 9, 1, 99), 9, 1), undefined, 'longer than it is');
  t.equal(text(18, 'ä'.repeat(200)).value.length, 252, 'cut between characters');
});

t.test('limits are in the units of their vendor', async (t) => {
  const limits = { upKbps: 2000, downKbps: 8000, quotaMB: 5000 };
  const number = (value: Buffer | undefined) => value?.readUInt32BE();
  const wispr = wisprLimits(limits);
  t.equal(number(vendorIn(wispr, VENDOR.wispr, 7)), 2_000_000);
  t.equal(number(vendorIn(wispr, VENDOR.wispr, 8)), 8_000_000);
  t.equal(number(vendorIn(wisprLimits({ downKbps: 9_000_000 }), VENDOR.wispr, 8)), 0xffff_ffff);
  const chilli = chilliLimits(limits);
  t.equal(number(vendorIn(chilli, VENDOR.chilli, 4)), 2000);
  t.equal(number(vendorIn(chilli, VENDOR.chilli, 5)), 8000);
  t.equal(number(vendorIn(chilli, VENDOR.chilli, 3)), 5_000_000_000 - 0x1_0000_0000);
  t.equal(number(vendorIn(chilli, VENDOR.chilli, 23)), 1);
  const mikrotik = mikrotikLimits(limits);
  t.equal(vendorIn(mikrotik, VENDOR.mikrotik, 8)?.toString(), '2000k/8000k');
  t.equal(number(vendorIn(mikrotik, VENDOR.mikrotik, 18)), 1);
  t.equal(vendorIn(mikrotikLimits({ downKbps: 64 }), VENDOR.mikrotik, 8)?.toString(), '0/64k');
  t.equal(vendorIn(pfsenseLimits(limits), VENDOR.pfsense, 3), undefined, 'more than it can hold is not cut');
  t.equal(number(vendorIn(pfsenseLimits({ quotaMB: 100 }), VENDOR.pfsense, 3)), 100_000_000);
  for (const write of [wisprLimits, chilliLimits, mikrotikLimits, pfsenseLimits]) t.strictSame(write({}), []);
});

t.test('npm radius reads what is written here, and is read here', async (t) => {
  const request = radius.decode({ packet: Buffer.from(VECTORS.request, 'hex'), secret: SECRET });
  t.match(request.attributes, { 'User-Name': 'guest', 'User-Password': 'pin1234' });
  const attributes: [string, string][] = [
    ['User-Name', 'guest'],
    ['User-Password', 'pin1234'],
  ];
  const theirs = radius.encode({
    code: 'Access-Request',
    secret: SECRET,
    identifier: 8,
    attributes,
    add_message_authenticator: true,
  });
  const packet = decode(theirs) as Packet;
  t.equal(messageAuthenticator(packet, SECRET), 'right');
  const hidden = first(packet.attributes, TYPE.userPassword) as Buffer;
  t.equal(revealPassword(hidden, packet.authenticator, SECRET)?.toString(), 'pin1234');
  const answer = encodeResponse(packet, {
    code: CODE.accessAccept,
    secret: SECRET,
    attributes: [integer(TYPE.sessionTimeout, 60)],
  });
  t.ok(radius.verify_response({ request: theirs, response: answer, secret: SECRET }));
  t.notOk(radius.verify_response({ request: theirs, response: answer, secret: 'other' }));
  // Its signature of a Disconnect-Request is not that of RFC 5176, so that only the authenticator is compared.
  const disconnect = decode(
    radius.encode({ code: 'Disconnect-Request', secret: SECRET, identifier: 1, attributes }),
  ) as Packet;
  t.ok(requestIsOf(disconnect, SECRET));
  const accounting = radius.encode({
    code: 'Accounting-Request',
    secret: SECRET,
    identifier: 2,
    attributes: [['Acct-Status-Type', 'Start']],
  });
  t.ok(requestIsOf(decode(accounting) as Packet, SECRET));
  t.match(radius.decode({ packet: Buffer.from(VECTORS.accounting, 'hex'), secret: SECRET }).attributes, {
    'Acct-Session-Id': 'abc123',
  });
});
