import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Runtime } from '../../runtime.js';
import { asksByItself } from '../pages/form.js';
import { type Page, sendPage } from '../pages/page.js';
import { localeOf, type Words, wordsIn } from '../pages/times.js';
import type { LoginCookie } from './gate.js';
import { navFor } from './nav.js';

/** A message at the top of the next page; with `undo`, a button that sends a form; with `link`, a way on. */
export interface Flash {
  text: string;
  tone?: 'good' | 'warn' | 'bad';
  link?: { href: string; text: string };
  undo?: { action: string; text: string; fields?: Record<string, string> };
}

/** Browsers keep cookies of 4 KiB. */
const FLASH_MOST = 700;

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
export function createShell(runtime: Runtime, cookie: Pick<LoginCookie, 'flash'>) {
  const { stores, services, sealing, now } = runtime;

  /** The message that waits for this page, once. */
  function takeFlash(request: FastifyRequest, reply: FastifyReply): Flash | undefined {
    const sealed = cookie.flash.read(request);
    // What is asked for to renew a part of a page shows no message.
    if (sealed === undefined || asksByItself(request)) return undefined;
    cookie.flash.drop(request, reply);
    const json = sealing.unseal('flash', request.session.login.digest, sealed);
    return json === undefined ? undefined : (JSON.parse(json) as Flash);
  }

  /**
   * A message may name somebody, so it waits in the browser of whoever did what it tells, sealed and for a minute: nothing
   * of it is kept here beyond an erasure.
   */
  function putFlash(request: FastifyRequest, reply: FastifyReply, flash: Flash): void {
    const json = JSON.stringify({ ...flash, text: flash.text.slice(0, FLASH_MOST) });
    cookie.flash.set(request, reply, sealing.seal('flash', request.session.login.digest, json));
  }

  async function shellOf(request: FastifyRequest, reply: FastifyReply) {
    const { session, caller } = request;
    const [{ values, version }, sites] = await Promise.all([
      services.settings.read(caller.site),
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
      flash: takeFlash(request, reply),
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
      const shell = await shellOf(request, reply);
      return sendPage(reply, { template: page.template, data: { ...page.data, shell } }, status);
    },

    /** After a form: goes on to `path`, where the message stands on top. */
    async goOn(
      request: FastifyRequest,
      reply: FastifyReply,
      path: string,
      flash?: Flash,
    ): Promise<FastifyReply> {
      if (flash) putFlash(request, reply, flash);
      return reply.redirect(path, 303);
    },
  };
}
