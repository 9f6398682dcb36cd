import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { registerTemplates } from '../views.js';

/** A template in `views/`, and what it shows. */
export interface Page {
  template: string;
  data: object;
}

const PUBLIC = fileURLToPath(new URL('../../../public/', import.meta.url));

/** Scripts and styles are files of this listener; nothing is run that stands in a page. No framing but of previews. */
const CSP = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What a listener with pages for staff needs: the templates, and the files in `public/` under `/assets/`. */
export async function registerPages(app: FastifyInstance): Promise<void> {
  await registerTemplates(app);
  await app.register(fastifyStatic, {
    root: PUBLIC,
    prefix: '/assets/',
    decorateReply: false,
    index: false,
    maxAge: 3_600_000,
  });
}

/** Answers with a page. The referrer policy keeps a code in the address from leaving, and browsers' Origin header from becoming "null". */
export const sendPage = (reply: FastifyReply, { template, data }: Page, status = 200): FastifyReply =>
  reply
    .code(status)
    .headers({
      'Content-Security-Policy': CSP,
      'Referrer-Policy': 'same-origin',
      'X-Frame-Options': 'DENY',
      'Cache-Control': 'no-store',
    })
    .type('text/html; charset=utf-8')
    .view(template, data);

export interface MessagePage {
  title: string;
  lines: string[];
  /** Commands or addresses, set apart. */
  code?: string[];
  /** Where to go from here. */
  link?: { href: string; text: string };
}

/** A heading and some sentences. */
export const messagePage = (data: MessagePage): Page => ({
  template: 'pages/message',
  data: { code: [], link: undefined, ...data },
});
