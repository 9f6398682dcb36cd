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
