import { SETTING_NAMES, settingFromText } from '../domain/settings.js';
import { type Command, Refusal, refuseProblems, table } from './command.js';

const shown = (value: unknown): string => (value === null ? '' : String(value));

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
        const rows = SETTING_NAMES.map((key) => [key, shown(values[key])]);
        return { json: { version, values }, lines: table(rows) };
      }
      const key = SETTING_NAMES.find((known) => known === name);
      if (!key) throw new Refusal(`There is no setting "${name}". There are: ${SETTING_NAMES.join(', ')}.`);
      return { json: values[key], lines: [shown(values[key])] };
    },
  },
  {
    name: 'settings set',
    usage: '<key> <value>',
    help: "Change one setting of the site (an empty value, '', is none); visits that are registered already keep theirs.",
    words: [2, 2],
    async run({ words: [name = '', text = ''], runtime, site, by }) {
      const patch = { [name]: settingFromText(name, text) };
      const result = await runtime.services.settings.change(site, patch, undefined, by);
      if (result.status === 'invalid') refuseProblems(result.problems);
      if (result.status === 'conflict')
        throw new Refusal('Somebody else changed the settings at the same time. Try again.');
      return {
        json: { version: result.version, values: result.values },
        lines: [`${name} is ${text === '' ? 'empty' : text} now.`],
      };
    },
  },
];
