import type { SiteId } from '../domain/id.js';
import type { MailKindName } from '../domain/mail.js';
import type { MailTemplate } from '../domain/mail-template.js';
import { siteKeys } from './keys.js';
import { defineScript, type RedisClient } from './scripts.js';

const saveTemplate = defineScript({
  file: 'save-template',
  args: ['now', 'name', 'version', 'template', 'by'],
  reply: ([status, version]) => ({ saved: status === 'saved', version: Number(version) }),
  durable: true,
});

export interface StoredTemplate {
  /** 0 where it was never touched. */
  version: number;
  /** Absent where the default holds. */
  template?: MailTemplate;
}

export type TemplateStore = ReturnType<typeof createTemplateStore>;

/** The mail templates that a site has changed, by kind and language. */
export function createTemplateStore(redis: RedisClient) {
  return {
    async read(site: SiteId, kind: MailKindName, lang: string): Promise<StoredTemplate> {
      const name = `${kind}:${lang}`;
      const [template, version] = await redis.hmget(siteKeys.templates(site), name, `version:${name}`);
      return {
        version: Number(version ?? 0),
        ...(template ? { template: JSON.parse(template) as MailTemplate } : {}),
      };
    },

    /** Which ones are changed, as `kind:language`. */
    changed: async (site: SiteId): Promise<Set<string>> =>
      new Set((await redis.hkeys(siteKeys.templates(site))).filter((name) => !name.startsWith('version:'))),

    /** Saves, or resets where there is no template, unless somebody else did since `version` was read. */
    save: (
      site: SiteId,
      order: { kind: MailKindName; lang: string; version: number; template?: MailTemplate },
      by: string,
      now: number,
    ) =>
      saveTemplate(redis, site, {
        now,
        name: `${order.kind}:${order.lang}`,
        version: order.version,
        template: order.template ? JSON.stringify(order.template) : '',
        by,
      }),
  };
}
