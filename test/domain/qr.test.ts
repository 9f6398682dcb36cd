import fc from 'fast-check';
import t from 'tap';
import { type WifiNetwork, wifiText } from '../../src/domain/qr.js';
import { holds } from './property.js';

/** Reads a code as phones do: fields end at a semicolon without a backslash before it. */
function read(text: string): Partial<Record<string, string>> {
  if (!text.startsWith('WIFI:') || !text.endsWith(';;')) throw new Error(text);
  const fields = [...text.slice(5, -1).matchAll(/([A-Z]):((?:\\.|[^\\;])*);/gsu)];
  if (fields.map(([whole]) => whole).join('') !== text.slice(5, -1)) throw new Error(text);
  return Object.fromEntries(fields.map(([, name, value = '']) => [name, value.replace(/\\(.)/gsu, '$1')]));
}

t.test('a Wi-Fi as phones read it', async (t) => {
  const net = (more: Partial<WifiNetwork>): string =>
    wifiText({ ssid: 'Guests', password: '', hidden: false, ...more });
  t.equal(net({}), 'WIFI:S:Guests;T:nopass;;');
  t.equal(net({ password: 'abc;d,e:f\\g"' }), 'WIFI:S:Guests;T:WPA;P:abc\\;d\\,e\\:f\\\\g\\";;');
  t.equal(net({ ssid: '"foo;bar\\baz"', hidden: true }), 'WIFI:S:\\"foo\\;bar\\\\baz\\";T:nopass;H:true;;');
  t.equal(
    net({ ssid: 'CAFE', password: '12345678' }),
    'WIFI:S:CAFE;T:WPA;P:12345678;;',
    'no quotation marks are added',
  );
});

t.test('any name and any key come back as they were', async (t) => {
  const any = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.string({ unit: fc.constantFrom('\\', ';', ',', ':', '"', 'T', 'P', 'W'), minLength: 1 }),
  );
  holds(
    t,
    'escaped and read',
    fc.property(any, any, fc.boolean(), (ssid, password, hidden) => {
      const got = read(wifiText({ ssid, password, hidden }));
      return got.S === ssid && got.P === password && got.T === 'WPA' && (got.H === 'true') === hidden;
    }),
    1000,
  );
});
