import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Block, type BlockKind, parseBlock } from '../../domain/block.js';
import { parseRecordId, type SiteId } from '../../domain/id.js';
import type { Visit } from '../../domain/visit.js';
import { AppError } from '../../errors.js';
import { byField, text } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { AdminDeps } from './deps.js';

/** What was typed into the form, as it was typed. */
interface Typed {
  kind: string;
  value: string;
  note: string;
  until: string;
}

const EMPTY: Typed = { kind: 'name', value: '', note: '', until: '' };

const KINDS = [
  { value: 'name', text: 'A name' },
  { value: 'email', text: 'An e-mail address or domain' },
  { value: 'mac', text: 'A device' },
];

const SHORT: Readonly<Record<BlockKind, string>> = { name: 'Name', email: 'E-mail', mac: 'Device' };

export interface BlocksPage {
  blocks: (Block & { who: string })[];
  typed?: Typed;
  problems?: Record<string, string | undefined>;
}

/** The list, and the form that adds to it. */
export const blocksPage = ({ blocks, typed = EMPTY, problems = {} }: BlocksPage): Page => ({
  template: 'admin/blocks',
  data: {
    kinds: KINDS,
    blocks: blocks.map((block) => ({
      ...block,
      of: SHORT[block.kind],
    })),
    typed,
    problems,
  },
});

/** A name or an address means visits that are there: what becomes of them is asked. */
export const blockVisitsPage = (data: { typed: Typed; visits: readonly Visit[] }): Page => ({
  template: 'admin/blocks-visits',
  data,
});

const plural = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`;

export async function blockPages(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { services, stores, now } = runtime;
  const { blocks } = services;
  const config = { role: 'admin' } as const;

  app.get('/blocks', { config }, list);
  app.post('/blocks', { config }, add);
  app.post('/blocks/remove', { config }, remove);

  async function names(): Promise<(by: string) => string> {
    const people = new Map((await stores.team.list()).map(({ id, email }) => [`person:${id}`, email]));
    return (by) => people.get(by) ?? (by.startsWith('key:') ? 'an API key' : 'somebody who left');
  }

  async function shown(site: SiteId): Promise<BlocksPage['blocks']> {
    const nameOf = await names();
    return (await blocks.list(site)).map((block) => ({ ...block, who: nameOf(block.addedBy) }));
  }

  async function list(request: FastifyRequest, reply: FastifyReply) {
    return shell.show(request, reply, blocksPage({ blocks: await shown(request.caller.site) }));
  }

  async function add(request: FastifyRequest, reply: FastifyReply) {
    const { site, by } = request.caller;
    const typed = {
      kind: text(request.body, 'kind'),
      value: text(request.body, 'value'),
      note: text(request.body, 'note'),
      until: text(request.body, 'until'),
    };
    const visitsToo = text(request.body, 'visits');
    const { values } = await services.settings.read(site);
    const parsed = parseBlock(typed, values['site.timeZone'], now());
    const meant = parsed.ok && visitsToo === '' ? await blocks.matching(site, parsed.block) : [];
    if (meant.length > 0) return shell.show(request, reply, blockVisitsPage({ typed, visits: meant }));
    const added = parsed.ok
      ? await blocks.add(site, typed, by, visitsToo === 'cancel')
      : { status: 'invalid' as const, problems: parsed.problems };
    if (added.status === 'invalid') {
      const page = blocksPage({ blocks: await shown(site), typed, problems: byField(added.problems) });
      return shell.show(request, reply, page, 422);
    }
    const said = [
      `${added.block.value} is on the block list.`,
      ...(added.cut > 0 ? [`The device went offline: ${plural(added.cut, 'grant', 'grants')} ended.`] : []),
      ...(added.cancelled > 0 ? [`${plural(added.cancelled, 'visit', 'visits')} cancelled.`] : []),
    ];
    return shell.goOn(request, reply, '/blocks', {
      text: said.join(' '),
      // Cancelled visits and ended grants do not come back.
      ...(added.cut + added.cancelled > 0
        ? {}
        : { undo: { action: '/blocks/remove', text: 'Undo', fields: { id: added.block.id } } }),
    });
  }

  async function remove(request: FastifyRequest, reply: FastifyReply) {
    const { site, by } = request.caller;
    const id = parseRecordId(text(request.body, 'id'));
    const block = (await blocks.list(site)).find((one) => one.id === id);
    if (!block || !(await blocks.remove(site, block.id, by)))
      throw new AppError('not-found', 'The block list has no such line any more.');
    return shell.goOn(request, reply, '/blocks', { text: `${block.value} is off the block list.` });
  }
}
