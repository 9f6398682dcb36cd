import type { SettingName } from '../../domain/settings.js';

/** A page of settings. Every setting stands in one of them, with the label that its field has. */
export interface SettingsGroup {
  id: string;
  title: string;
  /** What these settings are about, in a sentence. */
  text: string;
  fields: readonly (readonly [name: SettingName, label: string])[];
}

export const SETTINGS_GROUPS: readonly SettingsGroup[] = [
  {
    id: 'check-in',
    title: 'Network check-in',
    text: 'What a PIN opens, from when, and for how long. Visits that are registered already keep what they have.',
    fields: [
      ['tokens.enabled', 'Generate an access token for every pre-registered visitor'],
      ['tokens.durationMinutes', 'Default duration for visitor access tokens, in minutes'],
      ['tokens.presets', 'Durations to choose from, one per line'],
      ['tokens.maxDevices', 'Maximum number of devices per visitor'],
      ['tokens.validFrom', 'The time begins with'],
      ['tokens.earlyMinutes', 'May come early by, in minutes'],
      ['tokens.startWithinMinutes', 'May still start after the expected arrival, in minutes'],
      ['tokens.endOnCheckOut', 'Check-out ends the access'],
    ],
  },
  {
    id: 'speed',
    title: 'Speed and volume',
    text: 'Limits of each device. A gateway that cannot hold one says so on its page.',
    fields: [
      ['tokens.downKbps', 'Download, in kbit/s'],
      ['tokens.upKbps', 'Upload, in kbit/s'],
      ['tokens.quotaMB', 'Volume, in MB'],
    ],
  },
  {
    id: 'desk',
    title: 'Desk',
    text: 'What people and keys with the role desk may give. Left empty, a field sets no limit; admins have none.',
    fields: [
      ['desk.maxMinutes', 'Longest access, in minutes'],
      ['desk.maxDevices', 'Most devices per visitor'],
      ['desk.daysAhead', 'Registers at most so many days ahead'],
    ],
  },
  {
    id: 'pins',
    title: 'PINs',
    text: 'How long PINs are follows from how hard they are to guess.',
    fields: [
      ['pin.length', 'Digits of a new PIN'],
      ['pin.guessOdds', 'Chance of a guessed PIN in 30 days'],
    ],
  },
  {
    id: 'site',
    title: 'Site',
    text: 'Whose network this is, and by which clock it lives.',
    fields: [
      ['site.name', 'Name'],
      ['site.timeZone', 'Time zone'],
    ],
  },
  {
    id: 'portal',
    title: 'PIN page',
    text: 'How the page looks on which visitors type their PIN.',
    fields: [
      ['portal.welcome', 'Welcome'],
      ['portal.deskHint', 'Where the desk is'],
      ['portal.accent', 'Colour'],
      ['portal.logo', 'Logo'],
      ['portal.terms', 'Terms of use'],
      ['portal.languages', 'Languages'],
    ],
  },
  {
    id: 'mail',
    title: 'Mail',
    text: 'What is sent by itself. The texts stand under Mail templates.',
    fields: [
      ['mail.onRegistration', 'Send the PIN when a visit is registered'],
      ['mail.onChange', 'Tell the visitor when the times change'],
      ['mail.onCancellation', 'Tell the visitor when the visit is cancelled'],
      ['mail.onArrival', 'Tell the host when the visitor is here'],
      ['mail.replyTo', 'Answers go to'],
      ['mail.language', 'Language where a visit names none'],
    ],
  },
  {
    id: 'wifi',
    title: 'Wi-Fi',
    text: 'What the QR code on printed sheets joins. Foyer itself never needs it.',
    fields: [
      ['portal.ssid', 'Name of the network'],
      ['portal.wifiPassword', 'Common password of the network'],
      ['portal.ssidHidden', 'The network hides its name'],
    ],
  },
  {
    id: 'walk-ins',
    title: 'Walk-ins and hosts',
    text: 'Visitors without a PIN: at a check-in desk, or on the PIN page. A host who is asked gets a mail and lets them in or not. Hosts may also register their own visitors.',
    fields: [
      ['walkIns.kiosk', 'May sign in at a check-in desk'],
      ['walkIns.portal', 'May ask for Wi-Fi on the PIN page'],
      ['walkIns.hostApproval', 'The host is asked first'],
      ['walkIns.minutes', 'How long their access lasts, in minutes'],
      ['walkIns.hosts', 'Hosts, one per line'],
      ['walkIns.showHosts', 'The form offers the names of the hosts'],
      ['hosts.domains', 'E-mail domains whose people are hosts too'],
      ['hosts.register', 'Hosts may register their own visitors'],
      ['hosts.visitsMost', 'Most visits that a host may register'],
      ['hosts.periodDays', 'Counted over so many days'],
    ],
  },
  {
    id: 'records',
    title: 'Records',
    text: 'How long Foyer remembers who was here.',
    fields: [['retention.days', 'Days that a visit is kept after its end']],
  },
];
