import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Runtime } from '../../runtime.js';
import { asksByItself } from '../pages/form.js';
import { type Page, sendPage } from '../pages/page.js';
import { localeOf, type Words, wordsIn } from '../pages/times.js';
import { navFor } from './nav.js';

/** A message at the top of the next page; with `undo`, a button that sends a form; with `link`, a way on. */
export interface Flash {
  text: string;
  tone?: 'good' | 'warn' | 'bad';
  link?: { href: string; text: string };
  undo?: { action: string; text: string; fields?: Record<string, string> };
}

export interface ConfirmPage {
  title: string;
  /** What will happen, in sentences. */
  lines: string[];
  /** Where the form goes, and the word on its button. */
  action: string;
  button: string;
  /** What the form carries besides. */
  fields?: Record<string, string>;
  /** Where "keep it" leads. */
  back: string;
}

/** Asks before what cannot be undone: names what will happen, on a page of its own. */
export const confirmPage = (data: ConfirmPage): Page => ({
  template: 'admin/confirm',
  data: { fields: {}, ...data },
});

export type Shell = ReturnType<typeof createShell>;

/** What stands around every admin page: menu, site, the person, a message from the last step. */
export function createShell(runtime: Runtime) {
  const { stores, services, now } = runtime;

  async function shellOf(request: FastifyRequest) {
    const { session, caller } = request;
    const [{ values, version }, flash, sites] = await Promise.all([
      services.settings.read(caller.site),
      // What is asked for to renew a part of a page shows no message.
      asksByItself(request) ? undefined : stores.logins.takeFlash(session.login.digest),
      caller.role === 'owner' ? stores.sites.list() : [caller.site],
    ]);
    return {
      csrf: session.csrf,
      email: session.person.email,
      role: caller.role,
      site: { id: caller.site, name: values['site.name'] || caller.site },
      sites,
      theme: `/theme.css?v=${caller.site}-${version}`,
      nav: navFor(caller.role, request.routeOptions.url ?? ''),
      flash: flash === undefined ? undefined : (JSON.parse(flash) as Flash),
      words: wordsIn(localeOf(request.headers['accept-language']), values['site.timeZone'], now()),
    };
  }

  return {
    /** How times and numbers are written for whoever asks. */
    async wordsFor(request: FastifyRequest): Promise<Words> {
      const { values } = await services.settings.read(request.caller.site);
      return wordsIn(localeOf(request.headers['accept-language']), values['site.timeZone'], now());
    },

    /** Answers with a page inside the shell. Templates read it as `it.shell`; `it.shell.words` writes times and numbers. */
    async show(
      request: FastifyRequest,
      reply: FastifyReply,
      page: Page,
      status = 200,
    ): Promise<FastifyReply> {
      const shell = await shellOf(request);
      return sendPage(reply, { template: page.template, data: { ...page.data, shell } }, status);
    },

    /** After a form: goes on to `path`, where the message stands on top. */
    async goOn(
      request: FastifyRequest,
      reply: FastifyReply,
      path: string,
      flash?: Flash,
    ): Promise<FastifyReply> {
      if (flash) await stores.logins.putFlash(request.session.login.digest, JSON.stringify(flash));
      return reply.redirect(path, 303);
    },
  };
}
