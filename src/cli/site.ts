import { parseSiteId } from '../domain/id.js';
import { type Command, Refusal, table } from './command.js';

export const siteCommands: readonly Command[] = [
  {
    name: 'site add',
    usage: '<id>',
    help: 'Add a site with its own visits, settings and gateways.',
    words: [1, 1],
    async run({ words: [id = ''], runtime, by }) {
      const result = await runtime.services.sites.add(id, by);
      if (result.status === 'invalid')
        throw new Refusal(result.problems.map(({ message }) => message).join('\n'));
      if (result.status === 'exists') throw new Refusal(`There is a site "${id}" already.`);
      return { json: result.site, lines: [`Added site ${id}.`] };
    },
  },
  {
    name: 'site list',
    usage: '',
    help: 'List the sites with their names, time zones and gateways.',
    reads: true,
    async run({ runtime }) {
      const items = await runtime.services.sites.list();
      const rows = items.map(({ id, name, timeZone, gateways }) => [id, name, timeZone, gateways.join(' ')]);
      return {
        json: { items, next: null },
        lines: table([['SITE', 'NAME', 'TIME ZONE', 'GATEWAYS'], ...rows]),
      };
    },
  },
  {
    name: 'site remove',
    usage: '<id>',
    help: 'Remove a site with its visits, settings, keys and log; its gateways have to be removed first.',
    words: [1, 1],
    async run({ words: [text = ''], runtime, by }) {
      const id = parseSiteId(text);
      const result = id ? await runtime.services.sites.remove(id, by) : { status: 'unknown' as const };
      switch (result.status) {
        case 'removed':
          return {
            json: { id, removed: true },
            lines: [`Removed site ${text}.`],
          };
        case 'unknown':
          throw new Refusal(`There is no site "${text}".`);
        case 'main':
          throw new Refusal('The site "main" is part of every Foyer and stays.');
        case 'has-gateways':
          throw new Refusal(`Remove its gateways first: ${result.gateways.join(', ')}.`);
      }
    },
  },
];
