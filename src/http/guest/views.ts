import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { registerTemplates } from '../views.js';
import type { Page } from './pages.js';

const css = readFileSync(new URL('../../../views/guest/style.css', import.meta.url), 'utf8').replace(
  /\n\s*/g,
  '\n',
);
const cssHash = createHash('sha256').update(css).digest('base64');

/** What every answer of the guest listener carries. No cookie, no script, nothing from outside, nothing kept. */
export const PAGE_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${cssHash}'`,
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** The templates, each with the guest pages' style sheet. */
export const registerViews = (app: FastifyInstance): Promise<void> => registerTemplates(app, { css });

/** Answers with a page. */
export const show = (reply: FastifyReply, status: number, { template, data }: Page): FastifyReply =>
  reply.code(status).view(template, data);
