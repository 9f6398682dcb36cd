import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SETTINGS, type SettingName, type Settings, settingText } from '../../domain/settings.js';
import { AppError } from '../../errors.js';
import { byField } from '../pages/form.js';
import type { Page } from '../pages/page.js';
import type { AdminDeps } from './deps.js';
import { changesIn, contested, REMOVE, typedIn, WAS } from './settings-form.js';
import { SETTINGS_GROUPS, type SettingsGroup } from './settings-groups.js';
import { previewRoutes } from './settings-preview.js';

const TRIES = 5;
const ZONES = Intl.supportedValuesOf('timeZone');

const CHOICES: Readonly<Record<string, string>> = {
  'expected-arrival': 'the expected arrival',
  'check-in': 'check-in at the desk',
  'first-use': 'the first use of the PIN',
};

const LABELS = new Map(
  SETTINGS_GROUPS.flatMap(({ fields }) => fields.map(([name, label]) => [name as string, label])),
);

/** Help as the API has it names settings by their keys; a page has labels. */
const labelled = (help: string): string =>
  help.replace(/\b[a-zA-Z]+\.[a-zA-Z]+\b/g, (key) => (LABELS.has(key) ? `“${LABELS.get(key)}”` : key));

interface SettingsView {
  values: Settings;
  /** In place of what is set: what was typed. */
  typed?: Partial<Record<SettingName, string>>;
  problems?: Record<string, string | undefined>;
  /** Settings that somebody else changed in the meantime. */
  contested?: readonly SettingName[];
}

/** The settings of one group in a form. */
export function settingsPage(group: SettingsGroup, view: SettingsView): Page {
  const { values, typed = {}, problems = {}, contested: both = [] } = view;
  const fields = group.fields.map(([name, label]) => {
    const { input, choices, help } = SETTINGS[name];
    const isSecret = input === 'secret';
    const isSet = values[name] !== '';
    const set = isSecret ? '' : settingText(values[name]);
    const value = typed[name] ?? set;
    const theirs = both.includes(name)
      ? `Somebody else has set this to "${set}" in the meantime. Yours stands in the field: save again to keep it.`
      : undefined;
    return {
      name,
      label,
      input,
      hint:
        isSecret && isSet
          ? `${labelled(help).replace(/ Empty: .*/, '')} One is set: leave this empty to keep it.`
          : labelled(help),
      value,
      was: set,
      ...(isSecret ? { isSet } : {}),
      wasName: WAS + name,
      removeName: name + REMOVE,
      problem: problems[name] === undefined ? theirs : labelled(problems[name]),
      ...(choices ? { options: choices.map((one) => ({ value: one, text: CHOICES[one] ?? one })) } : {}),
      ...(name === 'site.timeZone' ? { list: 'zones' } : {}),
    };
  });
  return {
    template: 'admin/settings',
    data: {
      group,
      fields,
      groups: SETTINGS_GROUPS.map(({ id, title }) => ({ id, title, current: id === group.id })),
      zones: group.id === 'site' ? ZONES : [],
      preview: group.id === 'portal',
      upload: fields.some(({ input }) => input === 'picture'),
      refused: Object.keys(problems).length > 0,
      conflict: both.length > 0,
    },
  };
}

/** `/settings/:group`: every setting of the site. */
export async function settingsRoutes(app: FastifyInstance, deps: AdminDeps): Promise<void> {
  const { runtime, shell } = deps;
  const config = { role: 'admin' } as const;
  const groupOf = (request: FastifyRequest): SettingsGroup => {
    const { group } = request.params as { group: string };
    const found = SETTINGS_GROUPS.find(({ id }) => id === group);
    if (!found) throw new AppError('not-found', 'There are no such settings.');
    return found;
  };

  app.get('/settings', { config }, async (_, reply) => reply.redirect('/settings/check-in', 303));

  app.get('/settings/:group', { config }, async (request, reply) => {
    const { values } = await runtime.services.settings.read(request.caller.site);
    return shell.show(request, reply, settingsPage(groupOf(request), { values }));
  });

  app.post('/settings/:group', { config }, async (request, reply) =>
    save(deps, groupOf(request), request, reply),
  );
  await previewRoutes(app, deps);
}

/**
 * Saves what this editor changed and nothing else, so that two who change different things do not meet. Where both changed
 * the same, the page shows both.
 */
async function save(
  { runtime, shell }: AdminDeps,
  group: SettingsGroup,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { settings } = runtime.services;
  const { site, by } = request.caller;
  const { body } = request;
  const patch = changesIn(group, body);
  for (let tries = 0; tries < TRIES; tries++) {
    const { version, values } = await settings.read(site);
    const typed = typedIn(group, body);
    const both = contested(group, body, patch, values);
    if (both.length > 0)
      return shell.show(request, reply, settingsPage(group, { values, typed, contested: both }), 409);
    if (Object.keys(patch).length === 0)
      return shell.goOn(request, reply, `/settings/${group.id}`, { text: 'Nothing was changed.' });
    const result = await settings.change(site, patch, version, by);
    if (result.status === 'invalid') {
      const view = { values, typed, problems: byField(result.problems) };
      return shell.show(request, reply, settingsPage(group, view), 422);
    }
    if (result.status === 'saved') {
      const names = group.fields.flatMap(([name, label]) => (name in patch ? label : []));
      const turnedOn = patch['tokens.enabled'] === true;
      return shell.goOn(request, reply, `/settings/${group.id}`, {
        text: `Saved: ${names.join('; ')}.${turnedOn ? ' Visits registered before have no token yet.' : ''}`,
        ...(turnedOn ? { link: { href: '/visits/without-token', text: 'See and re-issue them' } } : {}),
      });
    }
  }
  throw new AppError('busy');
}
