import { emailProblem } from './email.js';
import { HOSTS_MOST, parseHosts } from './hosts-list.js';
import { isTimeZone } from './local-time.js';
import { PIN_LEAST, PIN_MOST } from './pin.js';
import {
  arePresets,
  DEFAULT_PRESETS,
  PRESETS_MOST,
  type Preset,
  parsePresets,
  presetsText,
} from './preset.js';
import type { FieldProblem } from './problem.js';
import type { ValidFrom } from './window.js';

/** What an admin may change while Foyer runs, per site. Null: none. */
export interface Settings {
  'tokens.enabled': boolean;
  'tokens.durationMinutes': number;
  'tokens.validFrom': ValidFrom;
  'tokens.earlyMinutes': number;
  'tokens.startWithinMinutes': number;
  'tokens.maxDevices': number;
  'tokens.downKbps': number | null;
  'tokens.upKbps': number | null;
  'tokens.quotaMB': number | null;
  'tokens.endOnCheckOut': boolean;
  'desk.maxMinutes': number | null;
  'desk.maxDevices': number | null;
  'desk.daysAhead': number | null;
  'tokens.presets': readonly Preset[];
  'pin.length': 'auto' | number;
  'pin.guessOdds': number;
  'site.timeZone': string;
  'site.name': string;
  'portal.welcome': string;
  'portal.deskHint': string;
  'portal.accent': string;
  'portal.logo': string;
  'portal.terms': string;
  'portal.languages': readonly string[];
  'portal.ssid': string;
  'portal.wifiPassword': string;
  'portal.ssidHidden': boolean;
  'walkIns.kiosk': boolean;
  'walkIns.portal': boolean;
  'walkIns.hostApproval': boolean;
  'walkIns.minutes': number | null;
  'walkIns.hosts': string;
  'walkIns.showHosts': boolean;
  'hosts.domains': readonly string[];
  'hosts.register': boolean;
  'hosts.visitsMost': number | null;
  'hosts.periodDays': number;
  'mail.onRegistration': boolean;
  'mail.onChange': boolean;
  'mail.onCancellation': boolean;
  'mail.onArrival': boolean;
  'mail.replyTo': string;
  'mail.language': string;
  'retention.days': number;
}

export type SettingName = keyof Settings;

/** One setting: its default, what it means, which values it takes, and how a typed text is one of them. */
export interface Setting<T = unknown> {
  default: T;
  help: string;
  /** For people: what it takes. */
  takes: string;
  allows(value: unknown): boolean;
  fromText(text: string): unknown;
  /** What a form has for it; `choices` come with `choice`. */
  input: 'flag' | 'number' | 'choice' | 'line' | 'paragraphs' | 'colour' | 'picture' | 'secret';
  choices?: readonly string[];
}

const number = (text: string): unknown => (text.trim() === '' ? text : Number(text));
const isWhole = (value: unknown, least: number, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;

const whole = (preset: number, least: number, most: number, help: string): Setting<number> => ({
  input: 'number',
  default: preset,
  help,
  takes: `a whole number from ${least} to ${most}`,
  allows: (value) => isWhole(value, least, most),
  fromText: number,
});

const wholeOrNone = (most: number, help: string): Setting<number | null> => ({
  input: 'number',
  default: null,
  help,
  takes: `a whole number from 1 to ${most}, or nothing`,
  allows: (value) => value === null || isWhole(value, 1, most),
  fromText: (text) => (text.trim() === '' ? null : number(text)),
});

const flag = (preset: boolean, help: string): Setting<boolean> => ({
  input: 'flag',
  default: preset,
  help,
  takes: 'true or false',
  allows: (value) => typeof value === 'boolean',
  fromText: (text) => (text === 'true' ? true : text === 'false' ? false : text),
});

const choice = <T extends string>(preset: T, choices: readonly T[], help: string): Setting<T> => ({
  input: 'choice',
  choices,
  default: preset,
  help,
  takes: `one of ${choices.join(', ')}`,
  allows: (value) => choices.some((one) => one === value),
  fromText: (text) => text,
});

const line = (most: number, help: string): Setting<string> => ({
  input: 'line',
  default: '',
  help,
  takes: `one line of at most ${most} characters`,
  allows: (value) => typeof value === 'string' && value.length <= most && !/\p{Cc}/u.test(value),
  fromText: (text) => text,
});

const paragraphs = (mostBytes: number, help: string): Setting<string> => ({
  input: 'paragraphs',
  default: '',
  help,
  takes: `a text of at most ${mostBytes} bytes`,
  allows: (value) =>
    typeof value === 'string' && Buffer.byteLength(value) <= mostBytes && !/(?![\t\r\n])\p{Cc}/u.test(value),
  fromText: (text) => text,
});

/** Largest logo on a guest page, in bytes. */
export const LOGO_BYTES_MOST = 4096;
const LOGO = /^data:image\/png;base64,([A-Za-z0-9+/]+={0,2})$/;
/** A logo as it is kept; undefined for anything else. */
const logoBytes = (value: string): number | undefined => {
  const [, base64] = LOGO.exec(value) ?? [];
  return base64 === undefined ? undefined : Buffer.byteLength(base64, 'base64');
};

/** Longest access and longest lead or lag that a visit or a setting may have, in minutes. */
export const MINUTES_MOST = 366 * 24 * 60;
export const DEVICES_MOST = 100;
const RATE_MOST = 10_000_000;
/** Ranges that visits share with the settings that they override. */
export const LIMIT_MOST = {
  downKbps: RATE_MOST,
  upKbps: RATE_MOST,
  quotaMB: RATE_MOST,
} as const;

const HOSTS_BYTES_MOST = 64 * 1024;
const DOMAINS_MOST = 100;
const DOMAIN = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i;

export const SETTINGS: { readonly [N in SettingName]: Setting<Settings[N]> } = {
  'tokens.enabled': flag(true, 'Visits that are registered get a token, so that their PIN opens the Wi-Fi.'),
  'tokens.durationMinutes': whole(60, 1, MINUTES_MOST, 'How long a token lasts.'),
  'tokens.validFrom': choice(
    'expected-arrival',
    ['expected-arrival', 'check-in', 'first-use'],
    'What starts a token.',
  ),
  'tokens.earlyMinutes': whole(
    0,
    0,
    MINUTES_MOST,
    'How long before the expected arrival a token may be used.',
  ),
  'tokens.startWithinMinutes': whole(
    720,
    0,
    MINUTES_MOST,
    'How long after the expected arrival a token may still be started, where check-in or the first use starts it.',
  ),
  'tokens.maxDevices': whole(2, 1, DEVICES_MOST, 'Devices per visit.'),
  'tokens.downKbps': wholeOrNone(
    LIMIT_MOST.downKbps,
    'Download rate of a device, where the gateway can hold it.',
  ),
  'tokens.upKbps': wholeOrNone(LIMIT_MOST.upKbps, 'Upload rate of a device, where the gateway can hold it.'),
  'tokens.quotaMB': wholeOrNone(LIMIT_MOST.quotaMB, 'Volume of a device, where the gateway can hold it.'),
  'tokens.endOnCheckOut': flag(true, 'Check-out ends the token and takes the devices off the network.'),
  'desk.maxMinutes': wholeOrNone(MINUTES_MOST, 'Longest access that the desk may give, in minutes.'),
  'desk.maxDevices': wholeOrNone(DEVICES_MOST, 'Most devices that the desk may give one visitor.'),
  'desk.daysAhead': wholeOrNone(366, 'How many days ahead the desk may register a visit.'),
  'tokens.presets': {
    input: 'paragraphs',
    default: DEFAULT_PRESETS,
    help: 'Durations by name, offered where a visit is registered.',
    takes: `at most ${PRESETS_MOST} lines such as Day pass = until 18:00, Hour = 60 minutes, Three days = 3 days until 18:00`,
    allows: arePresets,
    fromText: (text) => {
      const parsed = parsePresets(text);
      return parsed.ok ? parsed.presets : text;
    },
  },
  'pin.length': {
    input: 'line',
    default: 'auto',
    help: 'Digits of new PINs; auto takes as many as the guessing policy needs.',
    takes: `auto or a whole number from ${PIN_LEAST} to ${PIN_MOST}`,
    allows: (value) => value === 'auto' || isWhole(value, PIN_LEAST, PIN_MOST),
    fromText: (text) => (text === 'auto' ? text : number(text)),
  },
  'pin.guessOdds': {
    input: 'line',
    default: 0.01,
    help: 'Chance that somebody guesses any PIN in any 30 days. Wrong PINs are judged no faster than this allows.',
    takes: 'a number from 0.000001 to 0.05',
    allows: (value) => typeof value === 'number' && value >= 1e-6 && value <= 0.05,
    fromText: number,
  },
  'site.timeZone': {
    input: 'line',
    default: 'UTC',
    help: "Zone of the site's clock. Not set: this machine's.",
    takes: 'a zone such as Europe/Berlin',
    allows: (value) => typeof value === 'string' && (value === '' || isTimeZone(value)),
    fromText: (text) => text,
  },
  'site.name': line(60, 'Heads the guest pages.'),
  'portal.welcome': line(300, 'A line of welcome on the guest pages.'),
  'portal.deskHint': line(200, 'Where the desk is, told to visitors who need it.'),
  'portal.accent': {
    input: 'colour',
    default: '',
    help: 'Colour of buttons and links on guest pages, made darker or lighter where it could not be read.',
    takes: 'a colour such as #0c655c',
    allows: (value) => typeof value === 'string' && /^(?:#[0-9a-f]{6})?$/i.test(value),
    fromText: (text) => text.trim(),
  },
  'portal.logo': {
    input: 'picture',
    default: '',
    help: `Stands beside the name: a PNG, SVG, JPEG or WebP picture as a data: address, kept as a PNG of at most ${LOGO_BYTES_MOST} bytes.`,
    takes: 'a picture as a data: address',
    allows: (value) =>
      typeof value === 'string' && (value === '' || (logoBytes(value) ?? Infinity) <= LOGO_BYTES_MOST),
    fromText: (text) => text.trim(),
  },
  'portal.terms': paragraphs(
    12_000,
    'Terms of use, on a page of their own; an empty line begins a paragraph.',
  ),
  'portal.languages': {
    input: 'line',
    default: [],
    help: 'Languages of the guest pages, by their tags, the first for browsers that ask for none of them. Empty: all.',
    takes: 'a list of tags such as de, en',
    allows: (value) => Array.isArray(value) && value.every((tag) => typeof tag === 'string'),
    fromText: (text) => text.split(/[\s,]+/).filter(Boolean),
  },
  'portal.ssid': {
    input: 'line',
    default: '',
    help: 'Name of the Wi-Fi, told to visitors and put into the QR code that joins it. Empty: no such code is printed.',
    takes: 'a name of at most 32 bytes',
    allows: (value) => typeof value === 'string' && Buffer.byteLength(value) <= 32 && !/\p{Cc}/u.test(value),
    fromText: (text) => text,
  },
  'portal.wifiPassword': {
    input: 'secret',
    default: '',
    help: 'Key of the Wi-Fi where all visitors share one, put into the QR code that joins it and printed on sheets. Empty: an open network.',
    takes: 'nothing, 8 to 63 characters of ASCII, or 64 hexadecimal digits',
    allows: (value) => typeof value === 'string' && /^(?:|[\x20-\x7e]{8,63}|[0-9A-Fa-f]{64})$/.test(value),
    fromText: (text) => text,
  },
  'portal.ssidHidden': flag(false, 'The Wi-Fi does not announce its name.'),
  'walkIns.kiosk': flag(false, 'Visitors without a PIN may sign in at a check-in desk.'),
  'walkIns.portal': flag(false, 'Visitors without a PIN may ask for Wi-Fi on the PIN page.'),
  'walkIns.hostApproval': flag(true, 'The host is asked by mail before a walk-in gets a PIN.'),
  'walkIns.minutes': wholeOrNone(
    MINUTES_MOST,
    'How long the access of a walk-in lasts, in minutes. Empty: tokens.durationMinutes.',
  ),
  'walkIns.hosts': {
    input: 'paragraphs',
    default: '',
    help: 'Whom walk-ins may ask for, one per line: Bob Miller <bob@example.com>. Without host approval and with no list they may name anybody.',
    takes: `at most ${HOSTS_MOST} lines such as Bob Miller <bob@example.com>`,
    allows: (value) =>
      typeof value === 'string' && Buffer.byteLength(value) <= HOSTS_BYTES_MOST && parseHosts(value).ok,
    fromText: (text) => text,
  },
  'walkIns.showHosts': flag(false, 'The form offers the names of the list to choose from.'),
  'hosts.domains': {
    input: 'line',
    default: [],
    help: 'E-mail domains whose people are hosts.',
    takes: 'a list of domains such as example.com, example.org',
    allows: (value) =>
      Array.isArray(value) &&
      value.length <= DOMAINS_MOST &&
      value.every((one) => typeof one === 'string' && one.length <= 253 && DOMAIN.test(one)),
    fromText: (text) =>
      text
        .toLowerCase()
        .split(/[\s,]+/)
        .filter(Boolean),
  },
  'hosts.register': flag(false, 'Hosts register their own visitors; a link in a mail signs them in.'),
  'hosts.visitsMost': wholeOrNone(10_000, 'How many visits a host may register within hosts.periodDays.'),
  'hosts.periodDays': whole(7, 1, 366, 'Over how many days hosts.visitsMost counts.'),
  'mail.onRegistration': flag(true, 'The visitor gets the PIN by mail when the visit is registered.'),
  'mail.onChange': flag(true, 'The visitor is told by mail when the times of the visit change.'),
  'mail.onCancellation': flag(true, 'The visitor is told by mail when the visit is cancelled.'),
  'mail.onArrival': flag(true, 'The host is told by mail when the visitor is here.'),
  'mail.replyTo': {
    input: 'line',
    default: '',
    help: 'Where answers to mails go. Empty: to the sender.',
    takes: 'an e-mail address',
    allows: (value) => value === '' || (typeof value === 'string' && emailProblem(value) === undefined),
    fromText: (text) => text.trim(),
  },
  'mail.language': {
    input: 'line',
    default: '',
    help: 'Language of mails to visitors whose visit names none. Empty: the first of portal.languages, else en.',
    takes: 'a tag such as de',
    allows: (value) => typeof value === 'string' && /^(?:[a-z]{2,3})?$/.test(value),
    fromText: (text) => text.trim(),
  },
  'retention.days': whole(30, 1, 3650, 'How long a visit is kept after its end.'),
};

export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

export const DEFAULTS = Object.fromEntries(
  SETTING_NAMES.map((name) => [name, SETTINGS[name].default]),
) as unknown as Settings;

/** Kept sealed, and shown to nobody who asks for the settings. */
export const SECRET_SETTINGS = SETTING_NAMES.filter((name) => SETTINGS[name].input === 'secret');

/** Settings as they are shown: a secret that is set is left out, so that what was read may be sent back. */
export const shownSettings = (values: Settings): Partial<Settings> =>
  Object.fromEntries(
    Object.entries(values).filter(
      ([name, value]) => value === '' || !SECRET_SETTINGS.some((one) => one === name),
    ),
  );

const isName = (text: string): text is SettingName => Object.hasOwn(SETTINGS, text);

/** The value that a typed text stands for; undefined where there is no setting of that name. */
export const settingFromText = (name: string, text: string): unknown =>
  isName(name) ? SETTINGS[name].fromText(text) : undefined;

/** What a form shows for a value, and `fromText` reads again. */
export function settingText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (!Array.isArray(value)) return String(value);
  return arePresets(value) ? presetsText(value) : value.map(String).join(', ');
}

/** The settings that are set after a change, or every setting in it that is wrong. What is not set is not made up. */
export function parseSettings<S extends Partial<Settings>>(
  patch: unknown,
  current: S,
): { ok: true; settings: S & Partial<Settings> } | { ok: false; problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const next: Record<string, unknown> = { ...current };
  for (const [name, given] of Object.entries(patch ?? {})) {
    if (!isName(name)) {
      problems.push({ field: name, message: `There is no setting "${name}".` });
      continue;
    }
    const { allows, takes } = SETTINGS[name];
    const value = given === '' && allows(null) ? null : given;
    if (allows(value)) next[name] = value;
    else problems.push({ field: name, message: `${name} takes ${takes}.` });
  }
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, settings: next as S & Partial<Settings> };
}
