import type { MailTexts } from './en.js';

export const texts: MailTexts = {
  lang: 'nl',
  locale: 'nl',
  dir: 'ltr',
  noName: 'Gastenwifi',

  hello: 'Hallo {fullname},',
  when: 'Wanneer: {when}',
  visit: 'Uw bezoek: {arrival} uur ({timezone})',
  host: 'U bezoekt: {host}',
  desk: 'Waar: {desk}',
  network: 'Wifi: {network}',
  devices: 'Apparaten: hoogstens {devices}',
  expires: 'De link werkt tot {expires} uur.',
  claim: 'Pagina openen met mijn code al ingevuld',
  picture: 'Deze afbeelding staat voor uw code: de camera van uw telefoon en de receptie kunnen haar lezen.',

  use: {
    wifi: 'U gebruikt hem om u bij de receptie te melden en voor de wifi. Alleen cijfers, spaties maken niet uit.',
    checkInOnly: 'Laat hem bij aankomst zien aan de receptie. Hij is om u te melden en opent de wifi niet.',
  },
  span: '{day}, {from} tot {until} uur',
  days: '{from} tot {until} uur',
  afterCheckIn:
    '{duration}, vanaf het moment dat u zich bij de receptie meldt. U wordt verwacht: {arrival} uur',
  afterFirstUse:
    '{duration}, vanaf de eerste keer invoeren. Op zijn vroegst: {from} uur. Uiterlijk: {until} uur',

  registered: {
    subject: 'Uw code voor {sitename}',
    intro: 'u wordt verwacht bij {sitename}. Dit is uw code:',
  },
  reissued: {
    subject: 'Uw nieuwe code voor {sitename}',
    intro: 'dit is uw nieuwe code voor {sitename}. De vorige werkt niet meer.',
  },
  changed: {
    subject: 'Uw bezoek aan {sitename} is gewijzigd',
    intro:
      'uw bezoek aan {sitename} is gewijzigd. Vanaf nu geldt wat hieronder staat; uw code blijft dezelfde:',
  },
  cancelled: {
    subject: 'Uw bezoek aan {sitename} is afgezegd',
    intro: 'uw bezoek aan {sitename} is afgezegd. Uw code werkt niet meer.',
    ask: 'Had u dit niet verwacht, vraag het dan aan uw gastheer of gastvrouw.',
  },
  arrived: {
    subject: '{fullname} is er',
    intro: '{fullname} is aangekomen bij {sitename}.',
    expected: 'Verwacht: {arrival} uur ({timezone})',
  },
  hostApproval: {
    subject: '{fullname} wil u bezoeken',
    intro: '{fullname} is bij {sitename}, noemt u als gastheer of gastvrouw en vraagt om de gastenwifi.',
    purpose: 'Reden: {purpose}',
    button: 'Toestaan of weigeren',
    otherwise: 'De pagina vraagt het u voordat er iets gebeurt. Kent u deze persoon niet, weiger dan.',
  },
  walkInAnswer: {
    subject: 'Over uw bezoek aan {sitename}',
    declined: 'Uw gastheer kan u niet ontvangen. Vraag het aan de receptie.',
  },
  hostLink: {
    subject: 'Aanmelden bij {sitename}',
    intro: 'met deze link meldt u uw bezoekers aan bij {sitename}. Hij werkt één keer.',
    button: 'Aanmelden',
    otherwise: 'Hebt u er niet om gevraagd, dan hoeft u niets te doen.',
  },
  teamLink: {
    subject: 'Uw account bij {sitename}',
    invitation: 'U bent uitgenodigd om met Foyer te werken bij {sitename}. Kies eerst een wachtwoord.',
    reset: 'Er is een nieuw wachtwoord gevraagd voor uw account bij {sitename}.',
    button: 'Wachtwoord kiezen',
    otherwise: 'De link werkt één keer. Hebt u er niet om gevraagd, dan hoeft u niets te doen.',
  },
  test: {
    subject: 'Mail van {sitename} werkt',
    intro: 'Dit is een test. Nu u hem leest, krijgen ook de bezoekers van {sitename} hun mail.',
  },
  calendar: 'Bezoek aan {sitename}',
};
