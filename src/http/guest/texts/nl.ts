import type { Texts } from './en.js';

export const texts: Texts = {
  lang: 'nl',
  locale: 'nl',
  dir: 'ltr',
  language: 'Nederlands',
  switchTo: 'Taal',

  noName: 'Gastenwifi',
  errorTitle: (title) => `Fout: ${title}`,
  pageTitle: (title, name) => `${title} – ${name}`,

  pin: {
    title: 'Verbinden met de wifi',
    label: 'Uw code',
    hint: 'Die staat in uw uitnodiging. Alleen cijfers.',
    noCode: 'Geen code? Vraag ernaar bij de receptie.',
    button: 'Online gaan',
    emailLabel: 'Uw e-mailadres',
    emailHint: 'Het adres waar uw uitnodiging naartoe is gestuurd.',
    claimed: 'Uw code is al ingevuld. Ga online wanneer u wilt.',
    again: 'Deze pagina stond te lang open. Verstuur uw code nog een keer.',
    unknownLink:
      'Deze link leidt niet meer naar een code. Vul uw code hier in of vraag ernaar bij de receptie.',
  },
  malformed: {
    title: 'De code is niet volledig',
    text: 'Een code heeft 5 tot 10 cijfers, zoals 4821\u00a00937. Spaties en streepjes mogen.',
  },
  notForm: {
    title: 'Dat konden we niet lezen',
    text: 'Vul hieronder uw code in en druk op de knop.',
  },
  refused: {
    title: 'Deze code opent de wifi niet',
    text: 'Vergelijk hem cijfer voor cijfer met uw uitnodiging en vul hem opnieuw in. Hij werkt alleen rond de tijd van uw bezoek, en een nieuwere uitnodiging vervangt de oude code.',
    withEmail:
      'Vergelijk beide met uw uitnodiging: de code, cijfer voor cijfer, en het adres waar die naartoe is gestuurd. Niet per e-mail uitgenodigd? De receptie helpt u op de wifi.',
  },
  early: {
    title: (when) => `Uw toegang begint ${when}`,
    text: 'Uw code klopt. Vul hem dan opnieuw in en u bent online.',
    checkInTitle: 'Meld u eerst bij de receptie',
    checkInText:
      'Uw code klopt. Hij opent de wifi zodra de receptie u heeft aangemeld. Vul hem dan hier opnieuw in.',
  },
  expired: {
    title: (when) => `Uw toegang eindigde ${when}`,
    text: 'De receptie kan die verlengen. Vul daarna hier dezelfde code opnieuw in.',
  },
  checkInOnly: {
    title: 'Deze code is om u aan te melden',
    text: 'Hij opent de wifi niet. Laat hem zien bij de receptie en vraag daar om wifi.',
  },
  email: {
    title: 'Nog één ding: uw e-mailadres',
    text: 'Er zijn hier de laatste tijd veel verkeerde codes ingevuld. Om de uwe te beschermen, vult u die in samen met het adres waar uw uitnodiging naartoe is gestuurd. Niet per e-mail uitgenodigd? De receptie helpt u op de wifi.',
  },
  throttled: {
    title: (wait) => `Wacht ${wait}`,
    text: 'Er waren meerdere codes fout. Vul na het wachten uw code opnieuw in. De receptie kan hem voor u opzoeken.',
  },
  deviceLimit: {
    title: 'Deze code laat niet meer apparaten toe',
    text: 'Kies welk apparaat van de wifi gaat: dit apparaat neemt de plaats over.',
    noneLeft:
      'Alle plaatsen van deze code zijn bezet en er is op één dag al drie keer gewisseld. De receptie helpt u verder.',
    legend: 'Welk apparaat gaat van de wifi?',
    device: (tail, since) => `Apparaat dat eindigt op ${tail}, ${since}`,
    button: 'Wisselen en online gaan',
  },

  connecting: {
    title: 'De wifi gaat open…',
    text: (until) => `Uw toegang duurt ${until}. Een ogenblik: de pagina gaat vanzelf verder.`,
    slowTitle: 'Dit duurt langer dan normaal',
    slowText:
      'U hoeft uw code niet opnieuw in te vullen: de wifi gaat open zodra het kan, en u ziet het op deze pagina. Blijft het zo, meld het dan bij de receptie.',
  },
  connected: {
    title: (until) => `U bent online ${until}`,
    text: (left) => `${left}. U kunt deze pagina sluiten.`,
    leave: 'Dit apparaat van de wifi halen',
  },
  ended: {
    title: 'Dit apparaat is niet meer op de wifi',
    text: 'De tijd is om, of het is van de wifi gehaald. Met een code die nog geldig is, kan het er weer op.',
    link: 'Code invullen',
  },
  handoff: {
    title: 'Nog één stap',
    text: 'Uw code klopt. De wifi gaat zo open. Gebeurt er niets, druk dan op de knop.',
    press: 'Uw code klopt. Druk op de knop om de wifi te openen.',
    button: 'Wifi openen',
  },
  handoffFailed: {
    title: 'De wifi is niet opengegaan',
    text: 'Uw code klopt, maar de router heeft dit apparaat niet toegelaten. Verbreek de wifi, maak opnieuw verbinding en open deze pagina. Helpt dat niet, meld het dan bij de receptie.',
    link: 'Opnieuw proberen',
  },

  unknownClient: {
    title: 'Eerst verbinden met de wifi',
    text: 'Deze pagina herkent uw apparaat niet. Verbind het met de gastenwifi, zet mobiele data en VPN uit en open deze pagina opnieuw.',
    claim: 'Verbind dit apparaat met de gastenwifi en open deze link opnieuw: uw code is dan al ingevuld.',
    desk: 'Zit u al op de wifi? Verbreek de verbinding en maak opnieuw verbinding. Helpt dat niet, dan helpt de receptie u op de wifi.',
    link: 'Opnieuw controleren',
  },
  notFound: {
    title: 'Deze pagina bestaat niet',
    text: 'Naar de wifi is het maar één stap.',
    link: 'Naar de wifi',
  },
  unavailable: {
    title: 'Een ogenblik, alstublieft',
    text: 'Er kan nu geen code worden gecontroleerd. Deze pagina probeert het om de paar seconden vanzelf opnieuw.',
    link: 'Nu opnieuw proberen',
  },
  broken: {
    title: 'Er gaat iets mis aan onze kant',
    text: (reference) =>
      `Het ligt niet aan uw code. Probeer het opnieuw of geef dit nummer door aan de receptie: ${reference}.`,
    link: 'Terug naar het begin',
  },

  terms: {
    title: 'Gebruiks\u00advoorwaarden',
    link: 'Als u online gaat, gaat u akkoord met de gebruiks\u00advoorwaarden.',
    back: 'Terug',
  },

  left: (duration) => `Nog ${duration}`,
  almostOver: 'Nog minder dan een minuut',
  at: (clock) => `om ${clock} uur`,
  onDay: (dayAndClock) => `op ${dayAndClock} uur`,
  until: (clock) => `tot ${clock} uur`,
  untilDay: (dayAndClock) => `tot ${dayAndClock} uur`,
  since: (clock) => `sinds ${clock} uur`,
  sinceDay: (dayAndClock) => `sinds ${dayAndClock} uur`,
};
