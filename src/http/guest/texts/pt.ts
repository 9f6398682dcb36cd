import type { Texts } from './en.js';

/** One o'clock is singular. */
const isOne = (clock: string): boolean => clock.startsWith('1:');
const day = (dayAndClock: string): string => dayAndClock.replace(' às 1:', ' à 1:');

export const texts: Texts = {
  lang: 'pt',
  locale: 'pt-PT',
  dir: 'ltr',
  language: 'Português',
  switchTo: 'Idioma',

  noName: 'Wi-Fi para visitantes',
  errorTitle: (title) => `Erro: ${title}`,
  pageTitle: (title, name) => `${title} – ${name}`,

  pin: {
    title: 'Entrar no Wi-Fi',
    label: 'O seu código',
    hint: 'Está no seu convite. Só números.',
    noCode: 'Sem código? Pergunte no balcão.',
    button: 'Ficar online',
    emailLabel: 'O seu endereço de e-mail',
    emailHint: 'Aquele para onde o convite foi enviado.',
    claimed: 'O seu código já está preenchido. Fique online quando quiser.',
    again: 'Esta página ficou muito tempo aberta. Envie o seu código outra vez.',
    unknownLink: 'Este link já não leva a um código. Escreva o seu código aqui ou pergunte no balcão.',
  },
  malformed: {
    title: 'O código não está completo',
    text: 'Um código tem de 5 a 10 dígitos, como 4821\u00a00937. Espaços e traços não fazem diferença.',
  },
  notForm: {
    title: 'Não foi possível ler o código',
    text: 'Escreva o seu código no campo abaixo e pressione o botão.',
  },
  refused: {
    title: 'Este código não abre o Wi-Fi',
    text: 'Compare-o com o convite, dígito por dígito, e escreva-o outra vez. Só funciona por volta da hora da sua visita, e um convite mais recente substitui o código anterior.',
    withEmail:
      'Compare os dois com o convite: o código, dígito por dígito, e o endereço para onde foi enviado. Não recebeu o convite por e-mail? Peça acesso no balcão.',
  },
  early: {
    title: (when) => `O seu acesso começa ${when}`,
    text: 'O seu código está certo. Quando chegar a hora, escreva-o outra vez e ficará online.',
    checkInTitle: 'Passe primeiro pelo balcão',
    checkInText:
      'O seu código está certo. Abre o Wi-Fi assim que o balcão confirmar a sua chegada; depois, escreva-o outra vez aqui.',
  },
  expired: {
    title: (when) => `O seu acesso terminou ${when}`,
    text: 'No balcão podem prolongá-lo. Depois, escreva aqui outra vez o mesmo código.',
  },
  checkInOnly: {
    title: 'Este código é para confirmar a sua chegada',
    text: 'Não abre o Wi-Fi. Mostre-o no balcão e peça lá acesso ao Wi-Fi.',
  },
  email: {
    title: 'Mais uma coisa: o seu endereço de e-mail',
    text: 'Nos últimos tempos foram escritos aqui muitos códigos errados. Para proteger o seu, escreva-o junto com o endereço para onde o convite foi enviado. Não recebeu o convite por e-mail? Peça acesso no balcão.',
  },
  throttled: {
    title: (wait) => `Aguarde ${wait}`,
    text: 'Vários códigos estavam errados. Depois da espera, escreva o seu outra vez. No balcão podem ver qual é.',
  },
  deviceLimit: {
    title: 'Este código não permite mais dispositivos',
    text: 'Escolha qual deles sai do Wi-Fi: este dispositivo fica com o lugar.',
    noneLeft:
      'Todos os lugares deste código estão ocupados e já houve três trocas num dia. No balcão podem ajudar.',
    legend: 'Que dispositivo sai do Wi-Fi?',
    device: (tail, since) => `Dispositivo terminado em ${tail}, conectado ${since}`,
    button: 'Trocar e ficar online',
  },

  connecting: {
    title: 'O Wi-Fi vai abrir…',
    text: (until) => `Tem acesso ${until}. Um momento: a página continua sozinha.`,
    slowTitle: 'Isto demora mais do que o normal',
    slowText:
      'Não é preciso escrever o código outra vez: o Wi-Fi abre assim que possível, e esta página avisa. Se continuar assim, avise no balcão.',
  },
  connected: {
    title: (until) => `Está online ${until}`,
    text: (left) => `${left}. Pode fechar esta página.`,
    leave: 'Desconectar este dispositivo',
  },
  ended: {
    title: 'Este dispositivo saiu do Wi-Fi',
    text: 'O tempo terminou ou ele foi desconectado. Com um código ainda válido, pode voltar a entrar.',
    link: 'Escrever um código',
  },
  handoff: {
    title: 'Mais um passo',
    text: 'O seu código está certo. O Wi-Fi abre dentro de momentos. Se nada acontecer, pressione o botão.',
    press: 'O seu código está certo. Pressione o botão para abrir o Wi-Fi.',
    button: 'Abrir o Wi-Fi',
  },
  handoffFailed: {
    title: 'O Wi-Fi não abriu',
    text: 'O seu código está certo, mas o router não deixou entrar este dispositivo. Saia do Wi-Fi, volte a ligar-se e abra esta página. Se não ajudar, avise no balcão.',
    link: 'Tentar outra vez',
  },

  unknownClient: {
    title: 'Entre primeiro no Wi-Fi',
    text: 'Esta página não reconhece o seu dispositivo. Conecte-o ao Wi-Fi para visitantes, desative os dados móveis e a VPN e abra esta página outra vez.',
    claim:
      'Conecte este dispositivo ao Wi-Fi para visitantes e abra este link outra vez: o seu código já estará preenchido.',
    desk: 'Já está no Wi-Fi? Saia e volte a entrar. Se não resolver, peça acesso no balcão.',
    link: 'Verificar outra vez',
  },
  notFound: {
    title: 'Esta página não existe',
    text: 'A entrada no Wi-Fi está a um passo.',
    link: 'Entrar no Wi-Fi',
  },
  unavailable: {
    title: 'Um momento, por favor',
    text: 'Agora não é possível verificar códigos. Esta página tenta de novo sozinha a cada poucos segundos.',
    link: 'Tentar agora',
  },
  broken: {
    title: 'Há um problema do nosso lado',
    text: (reference) =>
      `A causa não é o seu código. Tente outra vez ou diga este número no balcão: ${reference}.`,
    link: 'Voltar ao início',
  },

  terms: {
    title: 'Termos de utilização',
    link: 'Ao ficar online, aceita os termos de utilização.',
    back: 'Voltar',
  },

  left: (duration) => `Tempo restante: ${duration}`,
  almostOver: 'Falta menos de um minuto',
  at: (clock) => `${isOne(clock) ? 'à' : 'às'} ${clock}`,
  // Saturday and Sunday are masculine.
  onDay: (dayAndClock) => `${dayAndClock.includes('-feira') ? 'na' : 'no'} ${day(dayAndClock)}`,
  until: (clock) => `até ${isOne(clock) ? 'à' : 'às'} ${clock}`,
  untilDay: (dayAndClock) => `até ${day(dayAndClock)}`,
  since: (clock) => `desde ${isOne(clock) ? 'a' : 'as'} ${clock}`,
  sinceDay: (dayAndClock) => `desde ${day(dayAndClock)}`,
};
