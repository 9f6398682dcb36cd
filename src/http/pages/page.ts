import { readFileSync } from 'node:fs';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { registerTemplates } from '../views.js';

/** A template in `views/`, and what it shows. */
export interface Page {
  template: string;
  data: object;
}

const css = readFileSync(new URL('../../../public/style.css', import.meta.url));

/** No script, no outside file, no framing; forms go to this listener only. */
const CSP = [
  "default-src 'none'",
  "style-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What a listener with pages for staff needs: the templates, and the one stylesheet. */
export async function registerPages(app: FastifyInstance): Promise<void> {
  await registerTemplates(app);
  app.get('/style.css', async (_, reply) =>
    reply.type('text/css; charset=utf-8').header('Cache-Control', 'max-age=3600').send(css),
  );
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
}

/** A heading and some sentences. */
export const messagePage = (data: MessagePage): Page => ({
  template: 'pages/message',
  data: { code: [], ...data },
});
