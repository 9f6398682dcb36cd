import { readFileSync } from 'node:fs';
import type { FastifyInstance, FastifyReply } from 'fastify';

const css = readFileSync(new URL('../../../public/style.css', import.meta.url));

/** No script, no outside file, no framing; forms go to this listener only. */
const CSP = [
  "default-src 'none'",
  "style-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** An HTML page. The referrer policy keeps a code in the address from leaving, and browsers' Origin header from becoming "null". */
export function sendPage(reply: FastifyReply, html: string, status = 200): FastifyReply {
  return reply
    .code(status)
    .headers({
      'Content-Security-Policy': CSP,
      'Referrer-Policy': 'same-origin',
      'X-Frame-Options': 'DENY',
      'Cache-Control': 'no-store',
    })
    .type('text/html; charset=utf-8')
    .send(html);
}

/** The one stylesheet of the pages of a listener. */
export function serveStyle(app: FastifyInstance): void {
  app.get('/style.css', async (_, reply) =>
    reply.type('text/css; charset=utf-8').header('Cache-Control', 'max-age=3600').send(css),
  );
}
