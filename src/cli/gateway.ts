import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Gateway } from '../domain/gateway.js';
import { type GatewayId, parseGatewayId, type SiteId } from '../domain/id.js';
import { parseMac } from '../domain/mac.js';
import { DriverError, type RouterFile } from '../drivers/driver.js';
import { drivers } from '../drivers/index.js';
import type { Runtime } from '../runtime.js';
import { rulesContext } from '../services/doctor.js';
import { gatewayObject } from '../services/objects.js';
import { type Command, optional, Refusal, refuseProblems, required, table, Usage } from './command.js';

async function find({ services: { registry } }: Runtime, site: SiteId, text: string): Promise<Gateway> {
  await registry.refresh();
  const gateway = registry.ofSite(site).find(({ id }) => id === text);
  if (!gateway) throw new Refusal(`There is no gateway "${text}" in the site "${site}".`);
  return gateway;
}

/** `interface=br0` -> ['interface', 'br0']. */
function fieldsOf(words: readonly string[]): Record<string, string> {
  const fields = new Map<string, string>();
  for (const word of words) {
    const at = word.indexOf('=');
    const name = word.slice(0, at);
    if (at < 1) throw new Usage(`"${word}" is no field=value`);
    if (name === 'kind') throw new Usage('the kind is given by --kind');
    if (fields.has(name)) throw new Usage(`field ${name} is there twice; commas separate several values`);
    fields.set(name, word.slice(at + 1));
  }
  return Object.fromEntries(fields);
}

async function writeFiles(folder: string, files: readonly RouterFile[]): Promise<string[]> {
  const paths = files.map(({ name }) => join(folder, name));
  try {
    await mkdir(folder, { recursive: true });
    await Promise.all(files.map(({ content }, i) => writeFile(paths[i] as string, content)));
  } catch (error) {
    throw new Refusal(
      `The folder ${folder} cannot be written to (${(error as NodeJS.ErrnoException).code}).`,
    );
  }
  return paths;
}

const FIELDS_MOST = 50;
const KINDS = [...drivers.keys()].join(' or ');

export const gatewayCommands: readonly Command[] = [
  {
    name: 'gateway list',
    usage: '',
    help: 'List the gateways of the site and how they are.',
    reads: true,
    async run({ runtime, site }) {
      const { registry } = runtime.services;
      await registry.refresh();
      const items = registry.ofSite(site).map((gateway) => gatewayObject(registry.describe(gateway)));
      const state = async (id: GatewayId, health: (typeof items)[number]['health']): Promise<string> => {
        if (!(await runtime.stores.commands.laneHeld(site, id)))
          return 'nobody looks after it: is Foyer running?';
        if (health === null) return 'not checked yet';
        return [health.ok ? 'ok' : 'not ready', ...health.problems].join(': ');
      };
      const rows = await Promise.all(
        items.map(async ({ id, kind, health }) => [id, kind, await state(id, health)]),
      );
      return {
        json: { items, next: null },
        lines: table([['GATEWAY', 'KIND', 'HEALTH'], ...rows]),
      };
    },
  },
  {
    name: 'gateway set',
    usage: '<id> --kind <kind> [field=value ...]',
    help: `Configure a gateway of kind ${KINDS}: what is left out gets its default, a secret keeps its value (field= takes it away), commas separate several values.`,
    options: { kind: 'text' },
    required: ['kind'],
    words: [1, FIELDS_MOST],
    check({ words: [, ...fields] }) {
      fieldsOf(fields);
    },
    async run({ words: [text = '', ...fields], options, runtime, site, by }) {
      const id = parseGatewayId(text);
      if (!id)
        throw new Refusal(
          `A gateway's id has 1 to 32 of a-z, 0-9 and -, and no dash at either end: not "${text}".`,
        );
      const { registry } = runtime.services;
      const kind = required(options, 'kind');
      const input = { ...registry.fieldsFromText(kind, fieldsOf(fields)), kind };
      const result = await registry.put(site, id, input, by);
      if (result.status === 'invalid') refuseProblems(result.problems);
      if (result.status === 'taken') throw new Refusal(`Another site has a gateway "${id}".`);
      const described = registry.describe(result.gateway);
      return {
        json: gatewayObject(described),
        lines: [`Gateway ${id} is set. Next: foyer gateway test ${id}`, ...described.remarks],
      };
    },
  },
  {
    name: 'gateway remove',
    usage: '<id>',
    help: 'Remove a gateway; whom it lets through now it goes on to let through.',
    words: [1, 1],
    async run({ words: [text = ''], runtime, site, by }) {
      const { id } = await find(runtime, site, text);
      await runtime.services.registry.remove(site, id, by);
      return { json: { id, removed: true }, lines: [`Removed gateway ${id}.`] };
    },
  },
  {
    name: 'gateway test',
    usage: '<id> [--mac <MAC>]',
    help: 'Log in to a gateway, let a device in for a minute, see it, and send it off: by a MAC that nobody has, or that of a device of yours.',
    options: { mac: 'text' },
    words: [1, 1],
    async run({ words: [text = ''], options, runtime, site }) {
      const gateway = await find(runtime, site, text);
      const mac = typeof options.mac === 'string' ? parseMac(options.mac) : undefined;
      if (options.mac !== undefined && !mac)
        throw new Refusal(
          `"${String(options.mac)}" is no MAC of a device. Right would be 02:00:00:00:00:10.`,
        );
      const result = await runtime.services.testGateway(gateway, mac);
      const steps = table(
        result.steps.map(({ verdict, step, ms, says }) => [
          verdict,
          step,
          verdict === 'skipped' ? '' : `${ms} ms`,
          says,
        ]),
      );
      const problems = result.problems.map((one) => `  ${one}`);
      if (!result.ok)
        throw new Refusal([`Gateway ${gateway.id} is not ready:`, ...problems, ...steps].join('\n'), result);
      return { json: result, lines: [...steps, `Gateway ${gateway.id} is ready.`, ...result.problems] };
    },
  },
  {
    name: 'gateway rules',
    usage: '<id> [--out <folder>]',
    help: 'Print what to put on the router for this gateway; with a folder, write there the files that are uploaded to it.',
    options: { out: 'text' },
    reads: true,
    words: [1, 1],
    async run({ words: [text = ''], options, runtime, site }) {
      const gateway = await find(runtime, site, text);
      const kind = runtime.services.registry.kindOf(gateway);
      if (!kind) throw new Refusal(`This Foyer knows no kind of gateway "${gateway.kind}".`);
      if (!kind.rules) throw new Refusal(`A gateway of kind ${gateway.kind} needs nothing on the router.`);
      const portal = { guestPort: runtime.guestPort(), portalUrl: runtime.portalUrl() };
      try {
        const given = rulesContext(gateway, portal);
        const rules = await kind.rules(given);
        const folder = optional(options, 'out');
        const files = folder === undefined ? [] : await writeFiles(folder, (await kind.files?.(given)) ?? []);
        if (folder !== undefined && files.length === 0)
          throw new Refusal(`A gateway of kind ${gateway.kind} needs no files on the router.`);
        const written = files.map((path) => `Wrote ${path}`);
        return { json: { id: gateway.id, rules, files }, lines: [rules.trimEnd(), ...written] };
      } catch (error) {
        if (error instanceof DriverError) throw new Refusal(error.message);
        throw error;
      }
    },
  },
];
