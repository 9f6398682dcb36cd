import { parseRecordId } from '../domain/id.js';
import { grantObject } from '../services/objects.js';
import { type Answer, type Command, type Invocation, optional, Refusal, table } from './command.js';
import { noVisit } from './visit.js';

const PAGE = 200;

async function list({ options, runtime, site }: Invocation): Promise<Answer> {
  const { grants } = runtime.stores;
  const visit = optional(options, 'visit');
  if (visit !== undefined && !parseRecordId(visit)) throw noVisit(visit);
  const found = visit === undefined ? [] : await grants.ofVisit(site, visit);
  if (visit !== undefined && found.length === 0 && !(await runtime.services.visits.find(site, visit)))
    throw noVisit(visit);
  for (let cursor: string | null | undefined; visit === undefined && cursor !== null; ) {
    const page = await grants.list(site, {
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...page.items);
    cursor = page.next;
  }
  const now = runtime.now();
  const items = await Promise.all(
    found
      .sort((a, b) => b.from - a.from)
      .map(async (grant) => grantObject(grant, await grants.access(site, grant.gateway, grant.mac), now)),
  );
  const rows = items.map(({ id, gateway, mac, state, from, until }) => [
    id,
    gateway,
    mac,
    state,
    from,
    until,
  ]);
  return {
    json: { items, next: null },
    lines: table([['GRANT', 'GATEWAY', 'MAC', 'STATE', 'FROM', 'UNTIL'], ...rows]),
  };
}

export const grantCommands: readonly Command[] = [
  {
    name: 'grant list',
    usage: '[--visit <id>]',
    help: 'List who was let in where and until when, newest first; --visit shows those of one visit.',
    options: { visit: 'text' },
    reads: true,
    run: list,
  },
  {
    name: 'grant revoke',
    usage: '<id>',
    help: 'End a grant now: the device goes off the network and keeps its place in the visit.',
    words: [1, 1],
    async run({ words: [id = ''], runtime, site, by }) {
      const grant = parseRecordId(id) ? await runtime.services.visits.revokeGrant(site, id, by) : undefined;
      if (!grant) throw new Refusal(`There is no grant "${id}".`);
      const access = await runtime.stores.grants.access(site, grant.gateway, grant.mac);
      const json = grantObject(grant, access, runtime.now());
      const staying = await runtime.services.staying(site, grant.visitId);
      return { json, lines: [`Grant ${id} is ${json.state}.`, ...staying] };
    },
  },
];
