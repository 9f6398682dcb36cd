import fc from 'fast-check';
import t from 'tap';
import type { ClientMac } from '../../src/domain/id.js';
import { isPrivateMac, parseMac } from '../../src/domain/mac.js';
import { holds } from './property.js';

t.test('every form that routers send is read as the same address', async (t) => {
  for (const text of [
    '02:ab:00:cd:00:10',
    '02:AB:00:CD:00:10',
    '02-ab-00-cd-00-10',
    '02-AB-00-cd-00-10',
    '02ab.00cd.0010',
    '02AB.00CD.0010',
    '02ab00cd0010',
    '02AB00CD0010',
  ])
    t.equal(parseMac(text), '02:ab:00:cd:00:10', text);
});

t.test('what no client can have, or is no address, is none', async (t) => {
  const rows: [what: string, text: string][] = [
    ['all zeros', '00:00:00:00:00:00'],
    ['broadcast', 'ff:ff:ff:ff:ff:ff'],
    ['IPv4 multicast', '01:00:5e:00:00:01'],
    ['IPv6 multicast', '33-33-00-00-00-01'],
    ['nothing', ''],
    ['five octets', '02:00:00:00:00'],
    ['seven octets', '02:00:00:00:00:00:10'],
    ['separators mixed', '02:00-00:00-00:10'],
    ['a separator missing', '02:00:00:00:0010'],
    ['one digit', '2:0:0:0:0:10'],
    ['no hexadecimal', '02:00:00:00:00:g0'],
    ['spaces as separators', '02 00 00 00 00 10'],
    ['space around', ' 02:00:00:00:00:10'],
    ['a line after it', '020000000010\n'],
    ['two dots too many', '02.00.00.00.00.10'],
    ['full-width digits', '０２:00:00:00:00:10'],
    ['10 kB', '02'.repeat(5000)],
  ];
  for (const [what, text] of rows) t.equal(parseMac(text), undefined, what);
});

t.test('any address of one client has one form, whichever way it was written', async (t) => {
  const octets = fc
    .uint8Array({ minLength: 6, maxLength: 6 })
    .map((bytes) => [...bytes].map((byte, i) => (i === 0 ? byte & 0xfe : byte)))
    .filter((bytes) => bytes.some((byte) => byte !== 0))
    .map((bytes) => bytes.map((byte) => byte.toString(16).padStart(2, '0')));
  holds(
    t,
    'all forms agree, and the form reads itself',
    fc.property(octets, fc.boolean(), (parts, upper) => {
      const hex = parts.join('');
      const forms = [parts.join(':'), parts.join('-'), hex, hex.replace(/....(?!$)/g, '$&.')];
      const read = forms.map((form) => parseMac(upper ? form.toUpperCase() : form));
      return read.every((mac) => mac === parts.join(':')) && parseMac(read[0] ?? '') === read[0];
    }),
  );
});

t.test('an address that a phone made up for a network is told from one of a factory', async (t) => {
  for (const [mac, expected] of [
    ['02:00:00:00:00:10', true],
    ['da:a1:19:00:00:01', true],
    ['fe:ff:ff:ff:ff:ff', true],
    ['00:1b:63:00:00:01', false],
    ['f0:9f:c2:00:00:01', false],
    ['dc:a6:32:00:00:01', false],
  ] as const)
    t.equal(isPrivateMac(mac as string as ClientMac), expected, mac);
});
