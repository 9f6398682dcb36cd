import type { Texts } from './en.js';

export const texts: Texts = {
  lang: 'ja',
  locale: 'ja',
  dir: 'ltr',
  language: '日本語',
  switchTo: '言語',

  noName: 'ゲスト用Wi-Fi',
  errorTitle: (title) => `エラー：${title}`,
  pageTitle: (title, name) => `${title} – ${name}`,

  pin: {
    title: 'Wi-Fiに接続',
    label: 'コード',
    hint: '数字のみです。招待状に記載されています。',
    noCode: 'コードがない場合は、受付でお尋ねください。',
    button: 'インターネットに接続',
    emailLabel: 'メールアドレス',
    emailHint: '招待状が届いたアドレスです。',
    claimed: 'コードは入力済みです。準備ができたら接続してください。',
    again: 'ページを開いてから時間がたちました。もう一度コードを送信してください。',
    unknownLink: 'このリンクは、もうコードにつながりません。コードを入力するか、受付でお尋ねください。',
  },
  malformed: {
    title: 'コードの形が正しくありません',
    text: 'コードは5桁から10桁の数字です（例：4821\u00a00937）。スペースやハイフンが入っていてもかまいません。',
  },
  notForm: {
    title: '入力内容を読み取れませんでした',
    text: '下の欄にコードを入力し、ボタンを押してください。',
  },
  refused: {
    title: 'このコードではWi-Fiを使えません',
    text: '招待状と1桁ずつ見比べて、もう一度入力してください。コードが使えるのはご来訪の時間の前後だけです。新しい招待状が届いている場合、以前のコードは使えません。',
    withEmail:
      'コードは1桁ずつ、アドレスは招待状の届いたものか、どちらも招待状とお確かめください。アドレスがない場合は、受付でWi-Fiを使えるようにいたします。',
  },
  early: {
    title: (when) => `ご利用は${when}からです`,
    text: 'コードは合っています。時間になってからもう一度入力すると、接続できます。',
    checkInTitle: '先に受付をお済ませください',
    checkInText:
      'コードは合っています。受付が済むとWi-Fiを使えるようになります。その後、ここでもう一度入力してください。',
  },
  expired: {
    title: (when) => `ご利用は${when}に終了しました`,
    text: '受付で延長できます。コードはそのままです。延長後、ここでもう一度入力してください。',
  },
  checkInOnly: {
    title: 'このコードは受付用です',
    text: 'Wi-Fiには使えません。受付でこのコードを見せて、Wi-Fiについてお尋ねください。',
  },
  email: {
    title: 'メールアドレスもご入力ください',
    text: '最近、ここで誤ったコードが何度も入力されました。コードを守るため、招待状が届いたアドレスも一緒に入力してください。アドレスがない場合は、受付でWi-Fiを使えるようにいたします。',
  },
  throttled: {
    title: (wait) => `あと ${wait}お待ちください`,
    text: '誤ったコードが何度か入力されました。お待ちいただいた後、もう一度入力してください。コードは受付でもお調べできます。',
  },
  deviceLimit: {
    title: 'このコードで使える端末の数に達しています',
    text: 'Wi-Fiから外す端末を選んでください。代わりにこの端末が接続されます。',
    noneLeft:
      '使える台数まで接続済みで、端末の入れ替えもすでに1日に3回行われています。受付にご相談ください。',
    legend: 'どの端末を外しますか？',
    device: (tail, since) => `末尾が${tail}の端末（${since}接続）`,
    button: '入れ替えて接続',
  },

  connecting: {
    title: 'Wi-Fiにつないでいます…',
    text: (until) => `${until}ご利用いただけます。少々お待ちください。ページは自動で切り替わります。`,
    slowTitle: '通常より時間がかかっています',
    slowText:
      'コードを入力し直す必要はありません。つながりしだい、このページでお知らせします。長く続くときは、受付にお知らせください。',
  },
  connected: {
    title: (until) => `${until}インターネットを使えます`,
    text: (left) => `${left}です。このページは閉じてかまいません。`,
    leave: 'この端末をWi-Fiから外す',
  },
  ended: {
    title: 'この端末はWi-Fiから外れています',
    text: '利用時間が終わったか、接続が外されました。有効なコードがあれば、もう一度接続できます。',
    link: 'コードを入力',
  },
  handoff: {
    title: 'あと一歩で完了です',
    text: 'コードは合っています。まもなくWi-Fiにつながります。何も起きないときは、ボタンを押してください。',
    press: 'コードは合っています。ボタンを押すとWi-Fiにつながります。',
    button: 'Wi-Fiにつなぐ',
  },
  handoffFailed: {
    title: '接続できませんでした',
    text: 'コードは合っていますが、ルーターがこの端末を接続できませんでした。Wi-Fiを一度切ってつなぎ直し、このページを開いてください。解決しない場合は受付にお知らせください。',
    link: 'もう一度試す',
  },

  unknownClient: {
    title: '先にWi-Fiに接続してください',
    text: 'お使いの端末を確認できません。ゲスト用Wi-Fiに接続し、モバイルデータ通信とVPNをオフにしてから、このページをもう一度開いてください。',
    claim:
      'この端末をゲスト用Wi-Fiに接続してから、このリンクをもう一度開いてください。コードが入力された状態で表示されます。',
    desk: 'すでに接続している場合は、いったんWi-Fiを切って、接続し直してください。それでも変わらないときは、受付でWi-Fiを使えるようにいたします。',
    link: 'もう一度確認',
  },
  notFound: {
    title: 'このページはありません',
    text: 'Wi-Fiに接続するページへは、下のボタンから進めます。',
    link: 'Wi-Fiに接続',
  },
  unavailable: {
    title: '少々お待ちください',
    text: '現在、コードを確認できません。このページは数秒ごとに自動でやり直します。',
    link: '今すぐもう一度試す',
  },
  broken: {
    title: 'こちら側で問題が起きました',
    text: (reference) =>
      `コードのせいではありません。もう一度お試しいただくか、受付に番号「${reference}」をお伝えください。`,
    link: '最初に戻る',
  },

  terms: {
    title: '利用規約',
    link: '接続すると、利用規約に同意したことになります。',
    back: '戻る',
  },

  left: (duration) => `残り ${duration}`,
  almostOver: '残り1分未満',
  at: (clock) => `本日${clock}`,
  onDay: (dayAndClock) => dayAndClock,
  until: (clock) => `${clock}まで`,
  untilDay: (dayAndClock) => `${dayAndClock}まで`,
  since: (clock) => `${clock}から`,
  sinceDay: (dayAndClock) => `${dayAndClock}から`,
};
