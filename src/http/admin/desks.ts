import type { FastifyInstance } from 'fastify';
import { parseRecordId } from '../../domain/id.js';
import { pinGroups } from '../../domain/pin.js';
import type { Desk, Pairing } from '../../redis/desks.js';
import { text } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { AdminDeps } from './deps.js';
import { confirmPage } from './shell.js';

export interface DesksPage {
  desks: Desk[];
  /** Codes that wait for their tablet. */
  pairings: Pairing[];
  /** A code that was just made: shown this once. */
  code?: { name: string; groups: string[]; expiresAt: number };
  /** What was typed, and what is wrong with it. */
  name?: string;
  problem?: string;
  /** Where tablets open the kiosk. */
  kiosk: string;
  https: boolean;
}

/** Tablets at the door, and the form that pairs another. */
export const desksPage = (data: DesksPage): Page => ({
  template: 'admin/desks',
  data: { code: undefined, name: '', problem: undefined, ...data },
});

export interface DeskPage {
  desk: Desk;
  name: string;
  problem?: string;
}

export const deskPage = (data: DeskPage): Page => ({
  template: 'admin/desk',
  data: { problem: undefined, ...data },
});

const NAME_PROBLEM = 'Type a name of at most 60 characters, such as Front door.';

/** `/desks`: tablets are paired, renamed and unpaired. */
export async function deskRoutes(app: FastifyInstance, { runtime, shell }: AdminDeps): Promise<void> {
  const { desks } = runtime.services;
  const config = { role: 'admin' } as const;

  async function page(site: Parameters<typeof desks.list>[0], more: Partial<DesksPage> = {}) {
    const origin = runtime.peopleOrigin();
    const [list, pairings] = await Promise.all([desks.list(site), desks.pairings(site)]);
    return desksPage({
      desks: list,
      pairings,
      kiosk: `${origin}/kiosk`,
      https: origin.startsWith('https:'),
      ...more,
    });
  }

  app.get('/desks', { config }, async (request, reply) =>
    shell.show(request, reply, await page(request.caller.site)),
  );

  app.post('/desks', { config }, async (request, reply) => {
    const { site, by } = request.caller;
    const name = text(request.body, 'name').trim();
    const begun = await desks.begin(site, name, by);
    if (begun.status === 'invalid')
      return shell.show(request, reply, await page(site, { name, problem: NAME_PROBLEM }), 422);
    const code = { name, groups: pinGroups(begun.code), expiresAt: begun.expiresAt };
    // Shown by this answer and by no other: the code is kept nowhere.
    return shell.show(request, reply, await page(site, { code }));
  });

  app.post('/desks/withdraw', { config }, async (request, reply) => {
    const digest = text(request.body, 'code');
    if (parseRecordId(digest)) await desks.withdraw(request.caller.site, digest);
    return shell.goOn(request, reply, '/desks', { text: 'The code pairs nothing any more.' });
  });

  const find = async (site: Parameters<typeof desks.list>[0], id: string) =>
    (await desks.list(site)).find((desk) => desk.id === parseRecordId(id));

  app.get('/desks/:id', { config }, async (request, reply) => {
    const desk = await find(request.caller.site, (request.params as { id: string }).id);
    return desk ? shell.show(request, reply, deskPage({ desk, name: desk.name })) : reply.callNotFound();
  });

  app.post('/desks/:id', { config }, async (request, reply) => {
    const { site, by } = request.caller;
    const desk = await find(site, (request.params as { id: string }).id);
    if (!desk) return reply.callNotFound();
    const name = text(request.body, 'name').trim();
    const renamed = await desks.rename(site, desk.id, name, by);
    if (renamed === 'invalid')
      return shell.show(request, reply, deskPage({ desk, name, problem: NAME_PROBLEM }), 422);
    return shell.goOn(request, reply, '/desks', { text: `The desk is called ${name} now.` });
  });

  app.get('/desks/:id/unpair', { config }, async (request, reply) => {
    const desk = await find(request.caller.site, (request.params as { id: string }).id);
    if (!desk) return reply.callNotFound();
    const ask = confirmPage({
      title: `Unpair ${desk.name}?`,
      lines: ['The tablet checks nobody in or out from now on. To use it again, pair it with a new code.'],
      action: `/desks/${desk.id}/unpair`,
      button: 'Unpair this tablet',
      back: '/desks',
    });
    return shell.show(request, reply, ask);
  });

  app.post('/desks/:id/unpair', { config }, async (request, reply) => {
    const { site, by } = request.caller;
    const id = parseRecordId((request.params as { id: string }).id);
    if (!id || (await desks.unpair(site, id, by)) === 'unknown') return reply.callNotFound();
    return shell.goOn(request, reply, '/desks', { text: 'The tablet is unpaired.' });
  });
}
