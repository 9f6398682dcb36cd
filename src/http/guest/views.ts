import type { FastifyInstance, FastifyReply } from 'fastify';
import { chunksOf, fill } from './chunks.js';
import type { Look } from './look.js';
import type { Page } from './page.js';

export { registerTemplates as registerViews } from '../views.js';

/** `style`: the digest of the one style sheet that a page brings along. `formOut`: a form of it goes elsewhere. */
const policy = (style: string, formOut = false): string =>
  [
    "default-src 'none'",
    `style-src ${style}`,
    'img-src data:',
    ...(formOut ? [] : ["form-action 'self'"]),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** What every answer of the guest listener carries. No cookie, no script, nothing from outside, nothing kept. */
export const ANSWER_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': policy("'none'"),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

export const pageHeaders = ({ cssHash }: Look, formOut = false): Record<string, string> => ({
  ...ANSWER_HEADERS,
  'content-security-policy': policy(`'sha256-${cssHash}'`, formOut),
  'content-type': 'text/html; charset=utf-8',
});

/** The page as HTML: rendered when its look first needs it, filled in for each visitor. */
export async function render(app: FastifyInstance, page: Page): Promise<string> {
  const { look, key, template, inserts } = page;
  const chunks = look.rendered.get(key) ?? chunksOf(await app.view(template, page.data()));
  look.rendered.set(key, chunks);
  return fill(chunks, inserts);
}

/** Answers with a page. */
export async function show(reply: FastifyReply, status: number, page: Page): Promise<FastifyReply> {
  const html = await render(reply.server, page);
  return reply.code(status).headers(pageHeaders(page.look, page.formOut)).send(html);
}
