import type { MailTexts } from './en.js';

export const texts: MailTexts = {
  lang: 'de',
  locale: 'de',
  dir: 'ltr',
  noName: 'Gäste-WLAN',

  hello: 'Guten Tag {fullname},',
  when: 'Wann: {when}',
  visit: 'Ihr Besuch: {arrival} Uhr ({timezone})',
  host: 'Sie besuchen: {host}',
  desk: 'Wohin: {desk}',
  network: 'WLAN: {network}',
  devices: 'Geräte: bis zu {devices}',
  expires: 'Der Link gilt bis {expires} Uhr.',
  claim: 'Seite mit eingetragenem Code öffnen',
  picture: 'Dieses Bild steht für Ihren Code: Die Kamera Ihres Telefons und der Empfang können es lesen.',

  use: {
    wifi: 'Sie brauchen ihn für die Anmeldung am Empfang und für das WLAN. Nur Ziffern, Leerzeichen stören nicht.',
    checkInOnly:
      'Zeigen Sie ihn bei Ihrer Ankunft am Empfang. Er ist für die Anmeldung und öffnet das WLAN nicht.',
  },
  span: '{day}, {from} bis {until} Uhr',
  days: '{from} bis {until} Uhr',
  afterCheckIn: '{duration}, von Ihrer Anmeldung am Empfang an. Sie werden erwartet: {arrival} Uhr',
  afterFirstUse: '{duration}, von der ersten Eingabe an. Frühestens: {from} Uhr. Spätestens: {until} Uhr',

  registered: {
    subject: 'Ihr Code für {sitename}',
    intro: 'Sie werden erwartet: {sitename}. Das ist Ihr Code:',
  },
  reissued: {
    subject: 'Ihr neuer Code für {sitename}',
    intro: 'das ist Ihr neuer Code für {sitename}. Der bisherige gilt nicht mehr.',
  },
  changed: {
    subject: 'Ihr Besuch hat sich geändert: {sitename}',
    intro:
      'Ihr Besuch hat sich geändert: {sitename}. Ab jetzt gilt, was hier steht; Ihr Code bleibt derselbe:',
  },
  cancelled: {
    subject: 'Ihr Besuch ist abgesagt: {sitename}',
    intro: 'Ihr Besuch ist abgesagt: {sitename}. Ihr Code gilt nicht mehr.',
    ask: 'Wenn Sie das nicht erwartet haben, fragen Sie bitte bei Ihrem Gastgeber nach.',
  },
  arrived: {
    subject: '{fullname} ist da',
    intro: '{fullname} ist angekommen: {sitename}.',
    expected: 'Erwartet: {arrival} Uhr ({timezone})',
  },
  hostApproval: {
    subject: '{fullname} möchte Sie besuchen',
    intro: '{fullname} ist vor Ort ({sitename}), nennt Sie als Gastgeber und bittet um das Gäste-WLAN.',
    purpose: 'Anlass: {purpose}',
    button: 'Zusagen oder ablehnen',
    otherwise:
      'Die Seite fragt Sie, bevor etwas geschieht. Kennen Sie die Person nicht, lehnen Sie bitte ab.',
  },
  walkInAnswer: {
    subject: 'Zu Ihrem Besuch: {sitename}',
    declined: 'Ihr Gastgeber kann Sie leider nicht empfangen. Bitte fragen Sie am Empfang.',
  },
  hostLink: {
    subject: 'Anmelden: {sitename}',
    intro: 'mit diesem Link melden Sie Ihre Besucher an: {sitename}. Er gilt einmal.',
    button: 'Anmelden',
    otherwise: 'Wenn Sie ihn nicht angefordert haben, müssen Sie nichts tun.',
  },
  teamLink: {
    subject: 'Ihr Konto: {sitename}',
    invitation: 'Sie sind eingeladen, mit Foyer zu arbeiten: {sitename}. Wählen Sie zuerst ein Passwort.',
    reset: 'Für Ihr Konto ({sitename}) wurde ein neues Passwort angefordert.',
    button: 'Passwort wählen',
    otherwise: 'Der Link gilt einmal. Wenn Sie ihn nicht angefordert haben, müssen Sie nichts tun.',
  },
  test: {
    subject: 'Mail funktioniert: {sitename}',
    intro: 'Das ist ein Test. Da Sie ihn lesen, bekommen auch Ihre Besucher ihre Mail ({sitename}).',
  },
  calendar: 'Besuch: {sitename}',
};
