import type { MailTexts } from './en.js';

export const texts: MailTexts = {
  lang: 'it',
  locale: 'it',
  dir: 'ltr',
  noName: 'Wi-Fi ospiti',

  hello: 'Buongiorno {fullname},',
  when: 'Quando: {when}',
  visit: 'La Sua visita: {arrival} ({timezone})',
  host: 'La riceve: {host}',
  desk: 'Dove: {desk}',
  network: 'Wi-Fi: {network}',
  devices: 'Dispositivi: al massimo {devices}',
  expires: 'Il link vale fino a: {expires}.',
  claim: 'Apri la pagina con il mio codice già inserito',
  picture: 'Questa immagine sta per il Suo codice: la leggono la fotocamera del telefono e la reception.',

  use: {
    wifi: 'Serve per registrarsi alla reception e per usare il Wi-Fi. Solo cifre, gli spazi non contano.',
    checkInOnly: 'Lo mostri alla reception all’arrivo. Serve per registrarsi e non apre il Wi-Fi.',
  },
  span: '{day}, dalle {from} alle {until}',
  days: 'da: {from}; a: {until}',
  afterCheckIn: '{duration}, dalla registrazione alla reception. L’aspettiamo: {arrival}',
  afterFirstUse: '{duration}, dal primo inserimento. Al più presto: {from}. Al più tardi: {until}',

  registered: {
    subject: 'Il Suo codice per {sitename}',
    intro: 'la Sua visita è prevista: {sitename}. Ecco il Suo codice:',
  },
  reissued: {
    subject: 'Il Suo nuovo codice per {sitename}',
    intro: 'ecco il Suo nuovo codice per {sitename}. Quello precedente non vale più.',
  },
  changed: {
    subject: 'La Sua visita è cambiata: {sitename}',
    intro: 'la Sua visita è cambiata: {sitename}. Da ora vale quanto segue; il codice resta lo stesso:',
  },
  cancelled: {
    subject: 'La Sua visita è annullata: {sitename}',
    intro: 'la Sua visita è annullata: {sitename}. Il Suo codice non vale più.',
    ask: 'Se non se lo aspettava, chieda a chi doveva riceverLa.',
  },
  arrived: {
    subject: 'Arrivo: {fullname}',
    intro: 'Visita arrivata: {fullname}, {sitename}.',
    expected: 'Orario previsto: {arrival} ({timezone})',
  },
  hostApproval: {
    subject: '{fullname} chiede di incontrarLa',
    intro:
      '{fullname} si trova qui ({sitename}), indica Lei come ospitante e chiede il Wi-Fi per gli ospiti.',
    purpose: 'Motivo: {purpose}',
    button: 'Accetta o rifiuta',
    otherwise:
      'La pagina chiede conferma prima di fare qualsiasi cosa. Se non conosce questa persona, rifiuti.',
  },
  walkInAnswer: {
    subject: 'La Sua visita: {sitename}',
    declined: 'Chi La ospita non può riceverLa. Chieda alla reception.',
  },
  hostLink: {
    subject: 'Accesso: {sitename}',
    intro: 'con questo link registra i Suoi visitatori: {sitename}. Vale una sola volta.',
    button: 'Accedi',
    otherwise: 'Se non l’ha chiesto Lei, non deve fare nulla.',
  },
  teamLink: {
    subject: 'Il Suo account: {sitename}',
    invitation:
      'È stato creato per Lei un invito a lavorare con Foyer: {sitename}. Per iniziare scelga una password.',
    reset: 'È stata chiesta una nuova password per il Suo account: {sitename}.',
    button: 'Scegli una password',
    otherwise: 'Il link vale una sola volta. Se non l’ha chiesto Lei, non deve fare nulla.',
  },
  test: {
    subject: 'La posta funziona: {sitename}',
    intro: 'Questa è una prova. Se la legge, i visitatori riceveranno la loro posta ({sitename}).',
  },
  calendar: 'Visita: {sitename}',
};
