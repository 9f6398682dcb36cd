import { Type } from 'typebox';
import { shownSettings } from '../../domain/settings.js';
import { AppError } from '../../errors.js';
import type { Runtime } from '../../runtime.js';
import type { SettingsService } from '../../services/settings.js';
import type { Caller } from './auth.js';
import { type Api, call } from './call.js';
import { SettingsSchema } from './schemas.js';

const showing = call(
  {
    summary: 'The settings of the site',
    description: 'The header ETag names the version. A secret that is set is left out.',
  },
  { 200: SettingsSchema },
);

const changing = call(
  {
    summary: 'Change settings',
    description:
      'If-Match names the version that was read: 428 without it, 412 when somebody else changed it since.',
    body: Type.Record(Type.String(), Type.Unknown(), {
      description: 'The settings to change, by their names',
    }),
    headers: Type.Object({ 'if-match': Type.Optional(Type.String({ examples: ['"3"'] })) }),
  },
  { 200: SettingsSchema },
);

/** The logo as it is given, as text in JSON, and everything else. Bytes. */
const WITH_A_PICTURE = 1024 * 1024;

const etag = (version: number): string => `"${version}"`;

export async function settingsRoutes(app: Api, { runtime }: { runtime: Runtime }): Promise<void> {
  const { settings } = runtime.services;

  app.get('/settings', { schema: showing, config: { role: 'admin' } }, async ({ caller }, reply) => {
    const { version, values } = await settings.read(caller.site);
    reply.header('ETag', etag(version));
    return { version, values: shownSettings(values) };
  });

  app.patch(
    '/settings',
    { schema: changing, bodyLimit: WITH_A_PICTURE, config: { role: 'admin' } },
    async ({ caller, body, headers }, reply) => {
      const saved = await change(settings, caller, body, headers['if-match']);
      reply.header('ETag', etag(saved.version));
      return saved;
    },
  );
}

/** `*` takes whatever is there; undefined where it names no version of ours. */
function versionIn(ifMatch: string): number | undefined | 'any' {
  if (ifMatch.trim() === '*') return 'any';
  const [, version] = /^\s*(?:W\/)?"(\d{1,15})"\s*$/.exec(ifMatch) ?? [];
  return version === undefined ? undefined : Number(version);
}

async function change(
  settings: SettingsService,
  { site, by }: Caller,
  patch: unknown,
  ifMatch: string | undefined,
) {
  if (ifMatch === undefined) throw new AppError('precondition-required');
  const version = versionIn(ifMatch);
  if (version === undefined)
    throw new AppError('precondition-failed', 'If-Match names no version of these settings.');
  const result = await settings.change(site, patch, version === 'any' ? undefined : version, by);
  switch (result.status) {
    case 'saved':
      return { version: result.version, values: shownSettings(result.values) };
    case 'invalid':
      throw new AppError('invalid-input', undefined, result.problems);
    case 'conflict':
      throw new AppError('precondition-failed', `The settings are at version ${result.version} now.`);
  }
}
