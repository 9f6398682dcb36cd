import type { Texts } from './en.js';

/** One o'clock is singular. */
const the = (clock: string): string => `${clock.startsWith('1:') ? 'la' : 'las'} ${clock}`;

/** A sentence has no commas here, and no bare clock: `martes 24 de noviembre a las 10:00`. */
const day = (dayAndClock: string): string =>
  dayAndClock.replace(
    /^(.+), (.+), (\d+:\d+)$/,
    (_, weekday: string, date: string, clock: string) => `${weekday} ${date} a ${the(clock)}`,
  );

export const texts: Texts = {
  lang: 'es',
  locale: 'es',
  dir: 'ltr',
  language: 'Español',
  switchTo: 'Idioma',

  noName: 'Wifi para visitantes',
  errorTitle: (title) => `Error: ${title}`,
  pageTitle: (title, name) => `${title} – ${name}`,

  pin: {
    title: 'Acceso al wifi',
    label: 'Su código',
    hint: 'Está en su invitación. Solo números.',
    noCode: '¿No tiene código? Pregunte en recepción.',
    button: 'Conectarse',
    emailLabel: 'Su correo electrónico',
    emailHint: 'La dirección a la que se envió su invitación.',
    claimed: 'Su código ya está puesto. Conéctese cuando quiera.',
    again: 'Esta página ha estado abierta demasiado tiempo. Envíe su código otra vez.',
    unknownLink: 'Este enlace ya no lleva a ningún código. Escriba su código aquí o pregunte en recepción.',
  },
  malformed: {
    title: 'El código no está completo',
    text: 'Un código tiene de 5 a 10 cifras, como 4821\u00a00937. Los espacios y los guiones no importan.',
  },
  notForm: {
    title: 'No hemos podido leerlo',
    text: 'Escriba su código en el campo de abajo y pulse el botón.',
  },
  refused: {
    title: 'Este código no abre el wifi',
    text: 'Compárelo cifra por cifra con su invitación y escríbalo otra vez. Solo sirve en torno a la hora de su visita, y una invitación más reciente sustituye al código anterior.',
    withEmail:
      'Compare los dos con su invitación: el código, cifra por cifra, y la dirección a la que se envió. ¿No la recibió por correo? Pida acceso en recepción.',
  },
  early: {
    title: (when) => `Su acceso empieza ${when}`,
    text: 'Su código es correcto. Cuando llegue el momento, escríbalo otra vez y tendrá wifi.',
    checkInTitle: 'Pase primero por recepción',
    checkInText:
      'Su código es correcto. Abrirá el wifi en cuanto recepción registre su llegada; entonces, escríbalo otra vez aquí.',
  },
  expired: {
    title: (when) => `Su acceso terminó ${when}`,
    text: 'En recepción pueden ampliarlo. Después, escriba aquí otra vez el mismo código.',
  },
  checkInOnly: {
    title: 'Este código es para registrar su llegada',
    text: 'No abre el wifi. Muéstrelo en recepción y pida allí acceso al wifi.',
  },
  email: {
    title: 'Una cosa más: su correo electrónico',
    text: 'Últimamente se han escrito aquí muchos códigos erróneos. Para proteger el suyo, escríbalo junto con la dirección a la que se envió su invitación. ¿No la recibió por correo? Pida acceso en recepción.',
  },
  throttled: {
    title: (wait) => `Espere ${wait}`,
    text: 'Varios códigos no eran correctos. Después de la espera, escriba otra vez el suyo. En recepción pueden buscárselo.',
  },
  deviceLimit: {
    title: 'Este código no admite más dispositivos',
    text: 'Elija cuál sale del wifi: este dispositivo ocupará su lugar.',
    noneLeft:
      'Todos los lugares de este código están ocupados y ya se han hecho tres cambios en un día. En recepción pueden ayudarle.',
    legend: '¿Qué dispositivo sale del wifi?',
    device: (tail, since) => `Dispositivo terminado en ${tail}, conectado ${since}`,
    button: 'Cambiar y conectarse',
  },

  connecting: {
    title: 'Abriendo el wifi…',
    text: (until) => `Tiene acceso ${until}. Un momento: la página sigue sola.`,
    slowTitle: 'Está tardando más de lo normal',
    slowText:
      'No hace falta que escriba otra vez el código: el wifi se abrirá en cuanto sea posible y esta página se lo dirá. Si sigue así, avise en recepción.',
  },
  connected: {
    title: (until) => `Ya tiene wifi ${until}`,
    text: (left) => `${left}. Puede cerrar esta página.`,
    leave: 'Desconectar este dispositivo',
  },
  ended: {
    title: 'Este dispositivo ya no está en el wifi',
    text: 'Se acabó su tiempo o se desconectó. Con un código que aún valga puede volver a entrar.',
    link: 'Escribir un código',
  },
  handoff: {
    title: 'Un paso más',
    text: 'Su código es correcto. El wifi se abrirá en un momento. Si no pasa nada, pulse el botón.',
    press: 'Su código es correcto. Pulse el botón para abrir el wifi.',
    button: 'Abrir el wifi',
  },
  handoffFailed: {
    title: 'La wifi no se ha abierto',
    text: 'Su código es correcto, pero el router no ha dejado entrar a este dispositivo. Salga de la wifi, vuelva a conectarse y abra esta página. Si no funciona, avise en recepción.',
    link: 'Probar otra vez',
  },

  unknownClient: {
    title: 'Conéctese primero al wifi',
    text: 'Esta página no reconoce su dispositivo. Conéctelo al wifi para visitantes, desactive los datos móviles y la VPN, y abra esta página otra vez.',
    claim:
      'Conecte este dispositivo al wifi para visitantes y abra este enlace otra vez: su código ya estará puesto.',
    desk: '¿Ya está en el wifi? Salga y vuelva a entrar. Si no se arregla, pida acceso en recepción.',
    link: 'Comprobar otra vez',
  },
  notFound: {
    title: 'Esta página no existe',
    text: 'El acceso al wifi está a un paso.',
    link: 'Conectarse al wifi',
  },
  unavailable: {
    title: 'Un momento, por favor',
    text: 'Ahora mismo no se puede comprobar ningún código. Esta página lo intenta sola cada pocos segundos.',
    link: 'Intentarlo ahora',
  },
  broken: {
    title: 'Algo falla por nuestra parte',
    text: (reference) =>
      `No es por su código. Inténtelo otra vez o dé este número en recepción: ${reference}.`,
    link: 'Volver al principio',
  },

  terms: {
    title: 'Condiciones de uso',
    link: 'Al conectarse, acepta las condiciones de uso.',
    back: 'Volver',
  },

  left: (duration) => `Tiempo restante: ${duration}`,
  almostOver: 'Queda menos de un minuto',
  at: (clock) => `a ${the(clock)}`,
  onDay: (dayAndClock) => `el ${day(dayAndClock)}`,
  until: (clock) => `hasta ${the(clock)}`,
  untilDay: (dayAndClock) => `hasta el ${day(dayAndClock)}`,
  since: (clock) => `desde ${the(clock)}`,
  sinceDay: (dayAndClock) => `desde el ${day(dayAndClock)}`,
};
