import type { Texts } from './en.js';

export const texts: Texts = {
  lang: 'it',
  locale: 'it',
  dir: 'ltr',
  language: 'Italiano',
  switchTo: 'Lingua',

  noName: 'Wi-Fi ospiti',
  errorTitle: (title) => `Errore: ${title}`,
  pageTitle: (title, name) => `${title} – ${name}`,

  pin: {
    title: 'Accesso al Wi-Fi',
    label: 'Il suo codice',
    hint: 'Si trova nell’invito. Solo cifre.',
    noCode: 'Nessun codice? Chieda alla reception.',
    button: 'Connetti',
    emailLabel: 'Il suo indirizzo e-mail',
    emailHint: 'Quello a cui è stato inviato l’invito.',
    claimed: 'Il codice è già inserito. Si connetta quando vuole.',
    again: 'Questa pagina è rimasta aperta troppo a lungo. Invii di nuovo il codice.',
    unknownLink: 'Questo link non porta più a un codice. Inserisca qui il codice o chieda alla reception.',
  },
  malformed: {
    title: 'Il codice non è completo',
    text: 'Un codice ha da 5 a 10 cifre, per esempio 4821\u00a00937. Spazi e trattini non contano.',
  },
  notForm: {
    title: 'Non siamo riusciti a leggerlo',
    text: 'Inserisca il codice nel campo qui sotto e prema il pulsante.',
  },
  refused: {
    title: 'Questo codice non apre il Wi-Fi',
    text: 'Lo confronti cifra per cifra con l’invito e lo inserisca di nuovo. Vale solo intorno all’orario della visita, e un invito più recente sostituisce il codice precedente.',
    withEmail:
      'Confronti entrambi con l’invito: il codice, cifra per cifra, e l’indirizzo a cui è arrivato. Non l’ha ricevuto per e-mail? Chieda l’accesso alla reception.',
  },
  early: {
    title: (when) => `Il suo accesso inizia ${when}`,
    text: 'Il codice è giusto. Quando sarà il momento, lo inserisca di nuovo e sarà online.',
    checkInTitle: 'Passi prima dalla reception',
    checkInText:
      'Il codice è giusto. Aprirà il Wi-Fi appena la reception avrà registrato il suo arrivo; poi lo inserisca di nuovo qui.',
  },
  expired: {
    title: (when) => `Il suo accesso è terminato ${when}`,
    text: 'La reception può prolungarlo. Poi inserisca di nuovo qui lo stesso codice.',
  },
  checkInOnly: {
    title: 'Questo codice serve a registrare l’arrivo',
    text: 'Non apre il Wi-Fi. Lo mostri alla reception e chieda lì l’accesso al Wi-Fi.',
  },
  email: {
    title: 'Ancora una cosa: il suo indirizzo e-mail',
    text: 'Di recente qui sono stati inseriti molti codici sbagliati. Per proteggere il suo, lo inserisca insieme all’indirizzo a cui è stato inviato l’invito. Non l’ha ricevuto per e-mail? Chieda l’accesso alla reception.',
  },
  throttled: {
    title: (wait) => `Attenda ${wait}`,
    text: 'Diversi codici erano sbagliati. Dopo l’attesa inserisca di nuovo il suo. La reception può cercarlo per lei.',
  },
  deviceLimit: {
    title: 'Troppi dispositivi per questo codice',
    text: 'Scelga quale esce dal Wi-Fi: questo dispositivo prenderà il suo posto.',
    noneLeft:
      'Tutti i posti di questo codice sono occupati e in un giorno ci sono già stati tre scambi. La reception può aiutarla.',
    legend: 'Quale dispositivo esce dal Wi-Fi?',
    device: (tail, since) => `Dispositivo che termina con ${tail}, connesso ${since}`,
    button: 'Scambia e connetti',
  },

  connecting: {
    title: 'Apertura del Wi-Fi…',
    text: (until) => `Ha accesso al Wi-Fi ${until}. Un momento: la pagina prosegue da sola.`,
    slowTitle: 'Ci vuole più del solito',
    slowText:
      'Non serve inserire di nuovo il codice: il Wi-Fi si aprirà appena possibile e questa pagina glielo dirà. Se continua così, avvisi la reception.',
  },
  connected: {
    title: (until) => `È online ${until}`,
    text: (left) => `${left}. Può chiudere questa pagina.`,
    leave: 'Disconnetti questo dispositivo',
  },
  ended: {
    title: 'Questo dispositivo non è più connesso',
    text: 'Il suo tempo è finito oppure è stato disconnesso. Con un codice ancora valido può rientrare.',
    link: 'Inserisci un codice',
  },
  handoff: {
    title: 'Ancora un passo',
    text: 'Il codice è giusto. Il Wi-Fi si apre tra un attimo. Se non succede nulla, prema il pulsante.',
    press: 'Il codice è giusto. Prema il pulsante per aprire il Wi-Fi.',
    button: 'Apri il Wi-Fi',
  },
  handoffFailed: {
    title: 'Il Wi-Fi non si è aperto',
    text: 'Il codice è giusto, ma il router non ha fatto entrare questo dispositivo. Esca dal Wi-Fi, si ricolleghi e apra questa pagina. Se non basta, lo dica alla reception.',
    link: 'Riprova',
  },

  unknownClient: {
    title: 'Si connetta prima al Wi-Fi',
    text: 'Questa pagina non riconosce il suo dispositivo. Lo connetta al Wi-Fi ospiti, disattivi i dati mobili e la VPN e apra di nuovo questa pagina.',
    claim:
      'Connetta questo dispositivo al Wi-Fi ospiti e apra di nuovo questo link: il codice sarà già inserito.',
    desk: 'Il dispositivo è già connesso? Lo disconnetta dal Wi-Fi e lo connetta di nuovo. Se non basta, chieda l’accesso alla reception.',
    link: 'Controlla di nuovo',
  },
  notFound: {
    title: 'Questa pagina non esiste',
    text: 'L’accesso al Wi-Fi è a un passo.',
    link: 'Accedi al Wi-Fi',
  },
  unavailable: {
    title: 'Un momento, per favore',
    text: 'Ora non è possibile controllare i codici. Questa pagina riprova da sola ogni pochi secondi.',
    link: 'Riprova ora',
  },
  broken: {
    title: 'C’è un problema da parte nostra',
    text: (reference) =>
      `Il suo codice non c’entra. Riprovi o comunichi questo numero alla reception: ${reference}.`,
    link: 'Torna all’inizio',
  },

  terms: {
    title: 'Condizioni d’uso',
    link: 'Connettendosi, accetta le condizioni d’uso.',
    back: 'Indietro',
  },

  left: (duration) => `Ancora ${duration}`,
  almostOver: 'Manca meno di un minuto',
  at: (clock) => `alle ore ${clock}`,
  onDay: (dayAndClock) => dayAndClock,
  until: (clock) => `fino alle ore ${clock}`,
  untilDay: (dayAndClock) => `fino a ${dayAndClock}`,
  since: (clock) => `dalle ore ${clock}`,
  sinceDay: (dayAndClock) => `da ${dayAndClock}`,
};
