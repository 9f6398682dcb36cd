import t from 'tap';
import {
  arePresets,
  DEFAULT_PRESETS,
  findPreset,
  parsePresets,
  presetInput,
  presetsText,
} from '../../src/domain/preset.js';
import { parseSettings, settingFromText, settingText } from '../../src/domain/settings.js';
import { BERLIN, fieldsOf } from './visits.js';

const TEXT =
  'Day pass = until 18:00\nHour = 60 minutes\n Long   day= 2 hours ; Three days = 3 days until 9:05';

t.test('presets are typed one a line, and shown as they are typed', async (t) => {
  const parsed = parsePresets(TEXT);
  const presets = [
    { name: 'Day pass', until: '18:00' },
    { name: 'Hour', minutes: 60 },
    { name: 'Long day', minutes: 120 },
    { name: 'Three days', days: 3, until: '09:05' },
  ];
  t.same(parsed, { ok: true, presets });
  t.same(parsePresets(presetsText(presets)), { ok: true, presets });
  t.same(parsePresets(presetsText(DEFAULT_PRESETS)), { ok: true, presets: DEFAULT_PRESETS });
  t.same(parsePresets('\n'), { ok: true, presets: [] });
  for (const [text, message] of [
    ['Day pass', /"Day pass" is no preset\. Right would be Day pass = until 18:00/],
    ['Day = until 25:00', /no preset/],
    ['= 60 minutes', /no preset/],
    ['A = 0 minutes', /no preset/],
    ['A = 400 days until 18:00', /no preset/],
    ['A = 1 h\na = 2 h', /two presets called "a"/],
  ] as const)
    t.match(parsePresets(text), { ok: false, message }, text);
});

t.test('the setting takes what is typed, and a list', async (t) => {
  const value = settingFromText('tokens.presets', TEXT);
  t.ok(arePresets(value));
  t.equal(settingText(value).split('\n').length, 4);
  const set = (value: unknown) => parseSettings({ 'tokens.presets': value }, {});
  t.equal(set(value).ok, true);
  t.equal(set([]).ok, true);
  for (const bad of [
    settingFromText('tokens.presets', 'nonsense'),
    [{ name: 'A' }],
    [{ name: 'A', minutes: 1, until: '18:00' }],
    [{ name: 'A', minutes: 1.5 }],
    [{ name: ' A', minutes: 5 }],
    [{ name: 'A', minutes: 5, more: 1 }],
    [null],
    Array.from({ length: 21 }, (_, i) => ({ name: `${i}`, minutes: 5 })),
  ])
    t.equal(set(bad).ok, false, JSON.stringify(bad));
  t.same(fieldsOf(set('x') as never), ['tokens.presets']);
});

t.test('a preset is a duration or an end in the zone of the site', async (t) => {
  const input = (name: string, arrival: string) => {
    const preset = findPreset([...DEFAULT_PRESETS, { name: 'Night', days: 2, until: '02:30' }], name);
    if (!preset) throw new Error(name);
    return presetInput(preset, arrival, BERLIN);
  };
  t.same(input(' HOUR ', '2026-11-23T09:00'), { ok: true, input: { durationMinutes: 60 } });
  t.same(input('day pass', '2026-11-23T09:00'), { ok: true, input: { until: '2026-11-23T18:00' } });
  t.same(input('Day pass', '2026-11-23T23:30:00Z'.replace('23:30', '05:00')), {
    ok: true,
    input: { until: '2026-11-23T18:00' },
  });
  t.same(input('Three days', '2026-12-30T09:00'), { ok: true, input: { until: '2027-01-01T18:00' } });
  t.match(input('Day pass', '2026-11-23T18:00'), {
    ok: false,
    problem: { field: 'until', message: /18:00/ },
  });
  t.match(input('Day pass', 'soon'), { ok: false, problem: { field: 'expectedArrival' } });
  // Clocks go forward on 29 March 2026 and back on 25 October 2026 there.
  for (const [arrival, why] of [
    ['2026-03-28T20:00', /does not exist/],
    ['2026-10-24T20:00', /exists twice/],
  ] as const) {
    const refused = input('Night', arrival);
    t.match(refused, { ok: false, problem: { field: 'until', message: why, readings: [/Z$/, /Z$/] } });
  }
});
