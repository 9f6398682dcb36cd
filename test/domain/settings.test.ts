import t from 'tap';
import {
  DEFAULTS,
  parseSettings,
  SETTING_NAMES,
  SETTINGS,
  type SettingName,
  settingFromText,
} from '../../src/domain/settings.js';

const YEAR = 366 * 24 * 60;
const POLICIES = ['expected-arrival', 'check-in', 'first-use'];

interface Row {
  name: SettingName;
  preset: unknown;
  takes: readonly unknown[];
  refuses: readonly unknown[];
}

/** Of any kind but the one that is taken. */
const NO_NUMBERS = ['1', '', true, {}, [], [1], undefined, Number.NaN, Number.POSITIVE_INFINITY];
const NO_TEXTS = [null, undefined, 1, true, {}, ['a']];

const row = (
  name: SettingName,
  preset: unknown,
  takes: readonly unknown[],
  refuses: readonly unknown[],
): Row => ({
  name,
  preset,
  takes,
  refuses,
});
const whole = (name: SettingName, preset: number, least: number, most: number): Row =>
  row(name, preset, [least, preset, most], [least - 1, most + 1, least + 0.5, null, ...NO_NUMBERS]);
const optional = (name: SettingName): Row =>
  row(
    name,
    null,
    [null, 1, 10_000_000],
    [...[0, -1, 10_000_001, 1.5], ...NO_NUMBERS.filter((value) => value !== '')],
  );
const flag = (name: SettingName): Row =>
  row(name, true, [true, false], ['true', 'yes', 0, 1, null, undefined, {}, []]);
const line = (name: SettingName, most: number): Row =>
  row(
    name,
    '',
    ['', 'Grüß Gott', 'x'.repeat(most)],
    ['x'.repeat(most + 1), 'two\nlines', 'a\tb', 'nul\0', ...NO_TEXTS],
  );

const PNG = (bytes: number): string => `data:image/png;base64,${Buffer.alloc(bytes, 7).toString('base64')}`;

/** The contract's list: every setting with its default, the edges of its range, and what lies beyond. */
const ROWS: Row[] = [
  flag('tokens.enabled'),
  whole('tokens.durationMinutes', 60, 1, YEAR),
  row('tokens.validFrom', 'expected-arrival', POLICIES, ['checkin', 'Check-In', '', ...NO_TEXTS]),
  whole('tokens.earlyMinutes', 0, 0, YEAR),
  whole('tokens.startWithinMinutes', 720, 0, YEAR),
  whole('tokens.maxDevices', 2, 1, 100),
  optional('tokens.downKbps'),
  optional('tokens.upKbps'),
  optional('tokens.quotaMB'),
  flag('tokens.endOnCheckOut'),
  row('pin.length', 'auto', ['auto', 5, 10], [4, 11, 6.5, 'AUTO', '6', '', null, undefined]),
  row(
    'pin.guessOdds',
    0.01,
    [1e-6, 0.01, 0.05],
    [0, -0.01, 9.9e-7, 0.0501, 1, null, ...NO_NUMBERS.slice(0, 8)],
  ),
  row('site.timeZone', 'UTC', ['', 'UTC', 'Europe/Berlin'], ['+01:00', 'Mars/Base', ...NO_TEXTS]),
  line('site.name', 60),
  line('portal.welcome', 300),
  line('portal.deskHint', 200),
  row('portal.accent', '', ['', '#0c655c', '#FFFFFF'], ['teal', '#fff', '#0c655g', '0c655c', ...NO_TEXTS]),
  row(
    'portal.logo',
    '',
    ['', PNG(4096)],
    [PNG(4097), 'logo.png', PNG(9).replace('png', 'svg+xml'), PNG(9).replace('data:', 'data: '), ...NO_TEXTS],
  ),
  row(
    'portal.terms',
    '',
    ['', 'Be kind.\r\n\r\n\tReally.', 'ü'.repeat(6000)],
    ['x'.repeat(12_001), 'ü'.repeat(6001), 'nul\0', ...NO_TEXTS],
  ),
  row('portal.languages', [], [[], ['de', 'en']], ['de', null, undefined, 1, true, {}, [1], ['de', null]]),
  flag('mail.onRegistration'),
  flag('mail.onChange'),
  flag('mail.onCancellation'),
  flag('mail.onArrival'),
  row('mail.replyTo', '', ['', 'desk@example.com'], ['desk', 'a@b\nBcc: c@d', ...NO_TEXTS]),
  row('mail.language', '', ['', 'de'], ['German', 'de-DE', ...NO_TEXTS]),
  whole('retention.days', 30, 1, 3650),
];

t.test('every setting of the contract exists, with its default; every other one takes its own', async (t) => {
  for (const name of SETTING_NAMES) t.equal(SETTINGS[name].allows(DEFAULTS[name]), true, name);
  for (const { name, preset } of ROWS) {
    t.strictSame(DEFAULTS[name], preset, name);
    t.equal(SETTINGS[name].allows(preset), true, `${name} takes its own default`);
  }
});

t.test('the edges of a range are taken, what lies beyond is refused by name', async (t) => {
  for (const { name, takes, refuses } of ROWS) {
    for (const value of takes)
      t.strictSame(
        parseSettings({ [name]: value }, DEFAULTS),
        { ok: true, settings: { ...DEFAULTS, [name]: value } },
        `${name} takes ${JSON.stringify(value)?.slice(0, 20)}`,
      );
    for (const value of refuses)
      t.strictSame(
        parseSettings({ [name]: value }, DEFAULTS),
        { ok: false, problems: [{ field: name, message: `${name} takes ${SETTINGS[name].takes}.` }] },
        `${name} refuses ${typeof value} ${JSON.stringify(value)?.slice(0, 20)}`,
      );
  }
});

t.test('the empty text stands for none where a setting may be none', async (t) => {
  const limited = { ...DEFAULTS, 'tokens.quotaMB': 500 };
  t.strictSame(parseSettings({ 'tokens.quotaMB': '' }, limited), { ok: true, settings: DEFAULTS });
});

t.test('the message of a refused setting says what it takes', async (t) => {
  const rows: [SettingName, RegExp][] = [
    ['tokens.enabled', /true or false/],
    ['tokens.durationMinutes', /from 1 to 527040/],
    ['tokens.validFrom', /expected-arrival, check-in, first-use/],
    ['tokens.downKbps', /from 1 to 10000000, or nothing/],
    ['pin.length', /auto or a whole number from 5 to 10/],
    ['pin.guessOdds', /from 0\.000001 to 0\.05/],
    ['site.timeZone', /such as Europe\/Berlin/],
    ['site.name', /one line of at most 60 characters/],
  ];
  for (const [name, message] of rows) {
    const result = parseSettings({ [name]: {} }, DEFAULTS);
    t.match(result, { ok: false, problems: [{ message }] }, name);
  }
  for (const name of SETTING_NAMES)
    t.match(SETTINGS[name].help, /^[A-Za-z].*[^.]\.$/, `${name} has a sentence`);
});

t.test('all that is wrong in a change is named at once, and nothing of it is taken', async (t) => {
  const current = { ...DEFAULTS, 'site.name': 'North' };
  const patch = {
    'tokens.durationMinutes': 0,
    'tokens.maxDevices': 5,
    'pin.length': 4,
    'no.such': 1,
    'site.timeZone': 'Berlin',
  };
  const result = parseSettings(patch, current);
  if (result.ok) throw new Error('it was taken');
  t.strictSame(
    result.problems.map(({ field }) => field),
    ['tokens.durationMinutes', 'pin.length', 'no.such', 'site.timeZone'],
  );
  t.equal(result.problems[2]?.message, 'There is no setting "no.such".');
  t.strictSame(current, { ...DEFAULTS, 'site.name': 'North' });
});

t.test('a change leaves alone what it does not name, and the settings that it was made from', async (t) => {
  const current = { ...DEFAULTS, 'site.name': 'North', 'tokens.downKbps': 5000 };
  const before = { ...current };
  t.strictSame(parseSettings({ 'tokens.downKbps': null, 'tokens.maxDevices': 3 }, current), {
    ok: true,
    settings: { ...DEFAULTS, 'site.name': 'North', 'tokens.maxDevices': 3 },
  });
  t.strictSame(current, before);
  for (const patch of [{}, null, undefined])
    t.strictSame(parseSettings(patch, current), { ok: true, settings: before });
});

t.test('what was never set is not made up by a change', async (t) => {
  t.strictSame(parseSettings({ 'site.name': 'North' }, {}), { ok: true, settings: { 'site.name': 'North' } });
  t.strictSame(parseSettings({ 'site.name': 'North' }, { 'tokens.maxDevices': 3 }), {
    ok: true,
    settings: { 'site.name': 'North', 'tokens.maxDevices': 3 },
  });
});

t.test('names that every object has are no settings', async (t) => {
  const names = ['toString', 'constructor', 'hasOwnProperty', '__proto__', '', 'tokens', 'Tokens.Enabled'];
  for (const name of names) {
    const result = parseSettings(JSON.parse(`{${JSON.stringify(name)}: true}`), DEFAULTS);
    t.match(result, { ok: false, problems: [{ field: name, message: /^There is no setting/ }] }, name);
    t.equal(settingFromText(name, '1'), undefined, name);
  }
  t.match(parseSettings('text', DEFAULTS), { ok: false }, 'a text is no change');
});

t.test('a typed text is the value that it stands for', async (t) => {
  const rows: [SettingName, string, unknown][] = [
    ['tokens.enabled', 'true', true],
    ['tokens.enabled', 'false', false],
    ['tokens.durationMinutes', '90', 90],
    ['tokens.durationMinutes', ' 90 ', 90],
    ['tokens.validFrom', 'check-in', 'check-in'],
    ['tokens.downKbps', '', null],
    ['tokens.downKbps', '  ', null],
    ['tokens.downKbps', '5000', 5000],
    ['pin.length', 'auto', 'auto'],
    ['pin.length', '8', 8],
    ['pin.guessOdds', '0.001', 0.001],
    ['pin.guessOdds', '1e-6', 1e-6],
    ['site.timeZone', 'Europe/Berlin', 'Europe/Berlin'],
    ['site.name', '', ''],
    ['site.name', '42', '42'],
    ['portal.welcome', 'true', 'true'],
  ];
  for (const [name, text, value] of rows) {
    t.equal(settingFromText(name, text), value, `${name} ${JSON.stringify(text)}`);
    t.equal(SETTINGS[name].allows(value), true);
  }
});

t.test('a typed text that stands for no value is refused like any other', async (t) => {
  const rows: [SettingName, string][] = [
    ['tokens.enabled', 'yes'],
    ['tokens.enabled', ''],
    ['tokens.enabled', 'TRUE'],
    ['tokens.durationMinutes', ''],
    ['tokens.durationMinutes', ' '],
    ['tokens.durationMinutes', '1.5'],
    ['tokens.durationMinutes', '90 minutes'],
    ['tokens.durationMinutes', 'Infinity'],
    ['tokens.durationMinutes', '-1'],
    ['tokens.earlyMinutes', ''],
    ['tokens.downKbps', '0'],
    ['tokens.downKbps', 'none'],
    ['pin.length', ''],
    ['pin.length', '4'],
    ['pin.guessOdds', ''],
    ['pin.guessOdds', '1%'],
    ['tokens.validFrom', 'arrival'],
    ['site.timeZone', 'Berlin'],
    ['site.name', 'two\nlines'],
  ];
  for (const [name, text] of rows) {
    const result = parseSettings({ [name]: settingFromText(name, text) }, DEFAULTS);
    t.match(result, { ok: false, problems: [{ field: name }] }, `${name} ${JSON.stringify(text)}`);
  }
});
