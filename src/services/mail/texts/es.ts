import type { MailTexts } from './en.js';

export const texts: MailTexts = {
  lang: 'es',
  locale: 'es',
  dir: 'ltr',
  noName: 'Wifi para visitantes',

  hello: 'Hola, {fullname}:',
  when: 'Cuándo: {when}',
  visit: 'Su visita: {arrival} ({timezone})',
  host: 'Le recibe: {host}',
  desk: 'Dónde: {desk}',
  network: 'Wifi: {network}',
  devices: 'Dispositivos: hasta {devices}',
  expires: 'El enlace vale hasta: {expires}.',
  claim: 'Abrir la página con mi código ya escrito',
  picture: 'Esta imagen vale por su código: la cámara de su teléfono y la recepción pueden leerla.',

  use: {
    wifi: 'Sirve para registrarse en recepción y para entrar en la wifi. Solo cifras; los espacios no importan.',
    checkInOnly: 'Enséñelo en recepción al llegar. Sirve para registrarse y no abre la wifi.',
  },
  span: '{day}, de {from} a {until}',
  days: 'desde: {from}; hasta: {until}',
  afterCheckIn: '{duration}, desde que se registre en recepción. Le esperamos: {arrival}',
  afterFirstUse: '{duration}, desde que lo escriba por primera vez. Como pronto: {from}. Como tarde: {until}',

  registered: {
    subject: 'Su código para {sitename}',
    intro: 'le esperamos en {sitename}. Este es su código:',
  },
  reissued: {
    subject: 'Su nuevo código para {sitename}',
    intro: 'este es su nuevo código para {sitename}. El anterior ya no vale.',
  },
  changed: {
    subject: 'Su visita ha cambiado: {sitename}',
    intro:
      'su visita a {sitename} ha cambiado. Desde ahora vale lo siguiente; su código sigue siendo el mismo:',
  },
  cancelled: {
    subject: 'Su visita queda anulada: {sitename}',
    intro: 'su visita a {sitename} queda anulada. Su código ya no vale.',
    ask: 'Si no lo esperaba, pregunte a quien iba a recibirle.',
  },
  arrived: {
    subject: 'Ha llegado {fullname}',
    intro: '{fullname} ha llegado a {sitename}.',
    expected: 'Hora prevista: {arrival} ({timezone})',
  },
  hostApproval: {
    subject: '{fullname} pide visitarle',
    intro: '{fullname} está en {sitename}, dice que viene a verle y pide la wifi de visitantes.',
    purpose: 'Motivo: {purpose}',
    button: 'Aceptar o rechazar',
    otherwise: 'La página le pregunta antes de hacer nada. Si no conoce a esta persona, rechácela.',
  },
  walkInAnswer: {
    subject: 'Sobre su visita a {sitename}',
    declined: 'Su anfitrión no puede recibirle. Pregunte en recepción.',
  },
  hostLink: {
    subject: 'Entrar en {sitename}',
    intro: 'con este enlace registra a sus visitantes en {sitename}. Vale una sola vez.',
    button: 'Entrar',
    otherwise: 'Si no lo ha pedido, no tiene que hacer nada.',
  },
  teamLink: {
    subject: 'Su cuenta en {sitename}',
    invitation: 'Le han invitado a trabajar con Foyer en {sitename}. Elija una contraseña para empezar.',
    reset: 'Se ha pedido una contraseña nueva para su cuenta en {sitename}.',
    button: 'Elegir una contraseña',
    otherwise: 'El enlace vale una sola vez. Si no lo ha pedido, no tiene que hacer nada.',
  },
  test: {
    subject: 'El correo de {sitename} funciona',
    intro: 'Esto es una prueba. Si la lee, los visitantes de {sitename} recibirán su correo.',
  },
  calendar: 'Visita a {sitename}',
};
