import type { MailTexts } from './en.js';

export const texts: MailTexts = {
  lang: 'pt',
  locale: 'pt-PT',
  dir: 'ltr',
  noName: 'Wi-Fi para visitantes',

  hello: 'Olá {fullname},',
  when: 'Quando: {when}',
  visit: 'A sua visita: {arrival} ({timezone})',
  host: 'Recebe-o: {host}',
  desk: 'Onde: {desk}',
  network: 'Wi-Fi: {network}',
  devices: 'Dispositivos: até {devices}',
  expires: 'A ligação funciona até: {expires}.',
  claim: 'Abrir a página com o meu código preenchido',
  picture: 'Esta imagem vale pelo seu código: a câmara do telemóvel e a receção conseguem lê-la.',

  use: {
    wifi: 'Serve para se registar na receção e para entrar no Wi-Fi. Só algarismos; os espaços não importam.',
    checkInOnly: 'Mostre-o na receção à chegada. Serve para se registar e não abre o Wi-Fi.',
  },
  span: '{day}, das {from} às {until}',
  days: 'de: {from}; até: {until}',
  afterCheckIn: '{duration}, a partir do registo na receção. Hora prevista: {arrival}',
  afterFirstUse: '{duration}, a partir da primeira introdução. O mais cedo: {from}. O mais tarde: {until}',

  registered: {
    subject: 'O seu código para {sitename}',
    intro: 'a sua visita está prevista: {sitename}. Este é o seu código:',
  },
  reissued: {
    subject: 'O seu novo código para {sitename}',
    intro: 'este é o seu novo código para {sitename}. O anterior já não funciona.',
  },
  changed: {
    subject: 'A sua visita mudou: {sitename}',
    intro: 'a sua visita mudou: {sitename}. A partir de agora vale o que se segue; o código é o mesmo:',
  },
  cancelled: {
    subject: 'A sua visita foi cancelada: {sitename}',
    intro: 'a sua visita foi cancelada: {sitename}. O seu código já não funciona.',
    ask: 'Se não o esperava, pergunte a quem o ia receber.',
  },
  arrived: {
    subject: 'Chegada: {fullname}',
    intro: '{fullname} chegou: {sitename}.',
    expected: 'Hora prevista: {arrival} ({timezone})',
  },
  hostApproval: {
    subject: '{fullname} pede para o visitar',
    intro: '{fullname} está no local ({sitename}), indica o seu nome e pede o Wi-Fi para visitantes.',
    purpose: 'Motivo: {purpose}',
    button: 'Aceitar ou recusar',
    otherwise: 'A página pergunta-lhe antes de fazer seja o que for. Se não conhece esta pessoa, recuse.',
  },
  walkInAnswer: {
    subject: 'Sobre a sua visita: {sitename}',
    declined: 'O seu anfitrião não o pode receber. Pergunte na receção.',
  },
  hostLink: {
    subject: 'Entrar: {sitename}',
    intro: 'com esta ligação regista os seus visitantes: {sitename}. Funciona uma só vez.',
    button: 'Entrar',
    otherwise: 'Se não a pediu, não precisa de fazer nada.',
  },
  teamLink: {
    subject: 'A sua conta: {sitename}',
    invitation:
      'Recebeu um convite para trabalhar com o Foyer: {sitename}. Escolha uma palavra-passe para começar.',
    reset: 'Foi pedida uma nova palavra-passe para a sua conta: {sitename}.',
    button: 'Escolher palavra-passe',
    otherwise: 'A ligação funciona uma só vez. Se não a pediu, não precisa de fazer nada.',
  },
  test: {
    subject: 'O correio funciona: {sitename}',
    intro: 'Isto é um teste. Se o está a ler, os visitantes também receberão o seu correio ({sitename}).',
  },
  calendar: 'Visita: {sitename}',
};
