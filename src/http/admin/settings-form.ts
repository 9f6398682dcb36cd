import {
  SETTINGS,
  type SettingName,
  type Settings,
  settingFromText,
  settingText,
} from '../../domain/settings.js';
import { text } from '../pages/form.js';
import type { SettingsGroup } from './settings-groups.js';

/** What a form was made with: `was.<setting>` beside each field tells what the editor changed. */
export const WAS = 'was.';
export const REMOVE = '.remove';

const lines = (typed: string): string => typed.replace(/\r\n?/g, '\n');

/** Those that a page does not show as texts: what is sent for them is new, and nothing sent keeps what is there. */
const isUnseen = (name: SettingName): boolean => ['picture', 'secret'].includes(SETTINGS[name].input);

/** What was typed for each setting of the group, as text, to be shown again. */
export function typedIn(group: SettingsGroup, body: unknown): Partial<Record<SettingName, string>> {
  const typed: Partial<Record<SettingName, string>> = {};
  for (const [name] of group.fields) {
    const { input } = SETTINGS[name];
    if (isUnseen(name)) continue;
    const sent = lines(text(body, name));
    typed[name] = input === 'flag' ? String(sent === 'true') : sent;
  }
  return typed;
}

/**
 * A picture that was sent along, as a data: address; its form is looked at where it is drawn anew. A secret as it was
 * typed.
 */
function unseenIn(name: SettingName, body: unknown): string | undefined {
  const sent = (body as Record<string, unknown> | null)?.[name];
  if (Buffer.isBuffer(sent) && sent.length > 0) return `data:image/png;base64,${sent.toString('base64')}`;
  if (SETTINGS[name].input === 'secret' && typeof sent === 'string' && sent !== '') return sent;
  return text(body, name + REMOVE) === 'true' ? '' : undefined;
}

/** The settings that an editor changed, with the values that the typed texts stand for. */
export function changesIn(group: SettingsGroup, body: unknown): Record<string, unknown> {
  const typed = typedIn(group, body);
  const patch: Record<string, unknown> = {};
  for (const [name] of group.fields) {
    if (isUnseen(name)) {
      const sent = unseenIn(name, body);
      if (sent !== undefined) patch[name] = sent;
    } else if (typed[name] !== lines(text(body, WAS + name))) {
      patch[name] = settingFromText(name, typed[name] ?? '');
    }
  }
  return patch;
}

/** Settings that both this editor and somebody else changed to different things. */
export function contested(
  group: SettingsGroup,
  body: unknown,
  patch: Record<string, unknown>,
  now: Settings,
): SettingName[] {
  return group.fields.flatMap(([name]) => {
    if (!(name in patch) || isUnseen(name)) return [];
    const theirs = settingText(now[name]);
    return theirs !== lines(text(body, WAS + name)) && theirs !== settingText(patch[name]) ? [name] : [];
  });
}
