import { parseTeamRole, TEAM_ROLES, type TeamRole } from '../domain/team.js';
import { keyObject } from '../services/objects.js';
import { type Command, type Given, Refusal, refuseProblems, required } from './command.js';

const roleOf = (options: Given['options']): TeamRole => parseTeamRole(required(options, 'role')) ?? 'desk';

export const teamCommands: readonly Command[] = [
  {
    name: 'admin add',
    usage: '<email> --role owner|admin|desk [--password-stdin]',
    help: 'Add a person to the team; --password-stdin reads the password from standard input, without it there is no login yet.',
    options: { role: TEAM_ROLES, 'password-stdin': 'flag' },
    required: ['role'],
    words: [1, 1],
    async run({ words: [email = ''], options, runtime, site, by, readInput }) {
      const role = roleOf(options);
      const password = options['password-stdin'] === true ? await readInput() : undefined;
      const result = await runtime.services.team.addPerson(email, role, password, by, site);
      if (result.status === 'invalid') refuseProblems(result.problems);
      if (result.status === 'taken') throw new Refusal(`${email} is in the team already.`);
      const { id } = result.person;
      const later = password === undefined ? ' Without a password there is no login yet.' : '';
      return {
        json: { id, email: result.person.email, role, site },
        lines: [`Added ${result.person.email} as ${role}.${later}`],
      };
    },
  },
  {
    name: 'admin reset',
    usage: '<email>',
    help: 'Print a link that sets a new password and takes the second factor off, once, within 24 hours; until it is used all stays as it is.',
    words: [1, 1],
    async run({ words: [email = ''], runtime, config, by }) {
      const person = await runtime.stores.team.findByEmail(email);
      if (!person) throw new Refusal(`Nobody in the team has the address ${email}.`);
      const scheme = config.tlsCert === undefined ? 'http' : 'https';
      const origin = config.adminUrl ?? `${scheme}://localhost:${config.adminPort}`;
      const result = await runtime.services.people.reset(person.id, by, origin, 'when used');
      if (result.status === 'deactivated')
        throw new Refusal(`The access of ${email} is off. An owner can turn it on under Team.`);
      if (result.status !== 'done') throw new Refusal(`Nobody in the team has the address ${email}.`);
      return {
        json: { id: person.id, link: result.link, until: new Date(result.until).toISOString() },
        lines: [result.link],
      };
    },
  },
  {
    name: 'key add',
    usage: '<name> --role owner|admin|desk',
    help: 'Make an API key for the site and print it, this once only.',
    options: { role: TEAM_ROLES },
    required: ['role'],
    words: [1, 1],
    async run({ words: [name = ''], options, runtime, site, by }) {
      const result = await runtime.services.team.addKey({ name, role: roleOf(options), site }, by);
      if (result.status === 'invalid') refuseProblems(result.problems);
      if (result.status === 'no-site') throw new Refusal(`There is no site "${site}".`);
      return {
        json: { ...keyObject(result.key), key: result.secret },
        lines: [result.secret],
      };
    },
  },
];
