import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import {
  SECRET_SETTINGS,
  SETTING_NAMES,
  type SettingName,
  type Settings,
  settingFromText,
  settingText,
  shownSettings,
} from '../domain/settings.js';
import { type Command, Refusal, refuseProblems, table } from './command.js';

/** Characters of a value in a line. */
const SHOWN_MOST = 200;

const shown = (value: unknown): string => {
  const text = settingText(value).replaceAll('\n', '; ');
  if (text.startsWith('data:')) return 'a picture';
  return text.length > SHOWN_MOST ? `${text.slice(0, SHOWN_MOST)}...` : text;
};

const HIDDEN = '(set, and not shown)';

/** A secret is told to nobody who asks: it is printed on sheets. */
const isHidden = (name: string, value: unknown): boolean =>
  value !== '' && SECRET_SETTINGS.some((one) => one === name);

const row = (values: Settings, name: SettingName): string[] => [
  name,
  isHidden(name, values[name]) ? HIDDEN : shown(values[name]),
];

/** A value that begins with this sign names the file that holds it. */
const FILE = '@';
const PICTURES: Record<string, string> = {
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
};

/** The content of a file as a setting's value: a picture as a data: address, anything else as text. */
async function contentOf(path: string): Promise<string> {
  const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(`The file ${path} cannot be read (${error.code}).`);
  });
  const picture = PICTURES[extname(path).toLowerCase()];
  return picture
    ? `data:${picture};base64,${content.toString('base64')}`
    : content.toString('utf8').replace(/\r?\n$/, '');
}

export const settingsCommands: readonly Command[] = [
  {
    name: 'settings get',
    usage: '[<key>]',
    help: 'Print the settings of the site, or one of them.',
    reads: true,
    words: [0, 1],
    async run({ words: [name], runtime, site }) {
      const { version, values } = await runtime.services.settings.read(site);
      if (name === undefined) {
        const rows = SETTING_NAMES.map((key) => row(values, key));
        return { json: { version, values: shownSettings(values) }, lines: table(rows) };
      }
      const key = SETTING_NAMES.find((known) => known === name);
      if (!key) throw new Refusal(`There is no setting "${name}". There are: ${SETTING_NAMES.join(', ')}.`);
      if (isHidden(key, values[key])) return { json: null, lines: [HIDDEN] };
      return { json: values[key], lines: [settingText(values[key])] };
    },
  },
  {
    name: 'settings set',
    usage: '<key> <value>',
    help: "Change one setting of the site (an empty value, '', is none; @logo.png takes the content of a file); visits that are registered already keep theirs.",
    words: [2, 2],
    async run({ words: [name = '', typed = ''], runtime, site, by }) {
      const text = typed.startsWith(FILE) ? await contentOf(typed.slice(FILE.length)) : typed;
      const patch = { [name]: settingFromText(name, text) };
      const result = await runtime.services.settings.change(site, patch, undefined, by);
      if (result.status === 'invalid') refuseProblems(result.problems);
      if (result.status === 'conflict')
        throw new Refusal('Somebody else changed the settings at the same time. Try again.');
      return {
        json: { version: result.version, values: shownSettings(result.values) },
        lines: [`${name} is ${text === '' ? 'empty' : isHidden(name, text) ? 'set' : shown(text)} now.`],
      };
    },
  },
];
