import type { MailTexts } from './en.js';

export const texts: MailTexts = {
  lang: 'ja',
  locale: 'ja',
  dir: 'ltr',
  noName: 'ゲスト用Wi-Fi',

  hello: '{fullname} 様',
  when: '日時：{when}',
  visit: 'ご来訪予定：{arrival}（{timezone}）',
  host: '担当者：{host}',
  desk: '場所：{desk}',
  network: 'Wi-Fi：{network}',
  devices: '端末：{devices}台まで',
  expires: 'リンクの有効期限：{expires}',
  claim: 'コード入力済みのページを開く',
  picture: 'この画像はコードの代わりになります。スマートフォンのカメラや受付で読み取れます。',

  use: {
    wifi: '受付でのご確認とWi-Fiへの接続に使います。数字のみで、スペースは入っていてもかまいません。',
    checkInOnly: 'ご到着時に受付でお見せください。受付でのご確認用で、Wi-Fiは使えません。',
  },
  span: '{day} {from}～{until}',
  days: '{from}～{until}',
  afterCheckIn: '受付でのご確認から{duration}。ご到着予定：{arrival}',
  afterFirstUse: '最初の入力から{duration}。開始：{from}以降。最終：{until}',

  registered: {
    subject: '{sitename}：ご来訪用のコード',
    intro: '{sitename}へのご来訪をお待ちしています。コードは次のとおりです。',
  },
  reissued: {
    subject: '{sitename}：新しいコード',
    intro: '{sitename}の新しいコードは次のとおりです。以前のコードは使えません。',
  },
  changed: {
    subject: '{sitename}：ご来訪の予定が変わりました',
    intro: '{sitename}へのご来訪の予定が変わりました。今後は次の内容になります。コードは変わりません。',
  },
  cancelled: {
    subject: '{sitename}：ご来訪の予定が取り消されました',
    intro: '{sitename}へのご来訪の予定が取り消されました。コードは使えません。',
    ask: 'お心当たりがない場合は、担当者にお尋ねください。',
  },
  arrived: {
    subject: '{fullname}様が到着しました',
    intro: '{fullname}様が{sitename}に到着しました。',
    expected: '到着予定：{arrival}（{timezone}）',
  },
  hostApproval: {
    subject: '{fullname}様が面会を希望しています',
    intro:
      '{fullname}様が{sitename}にお越しです。担当者としてあなたを指名し、ゲスト用Wi-Fiの利用を希望しています。',
    purpose: 'ご用件：{purpose}',
    button: '承認または辞退する',
    otherwise: '処理の前に、ページで確認があります。お心当たりがない場合は辞退してください。',
  },
  walkInAnswer: {
    subject: '{sitename}：ご来訪について',
    declined: '担当者がお迎えできません。受付でお尋ねください。',
  },
  hostLink: {
    subject: '{sitename}：サインイン',
    intro: 'このリンクから{sitename}への来訪者を登録できます。リンクは一度だけ使えます。',
    button: 'サインイン',
    otherwise: 'お心当たりがない場合は、何もする必要はありません。',
  },
  teamLink: {
    subject: '{sitename}：アカウント',
    invitation: '{sitename}のFoyerに招待されました。はじめにパスワードを設定してください。',
    reset: '{sitename}のアカウントについて、新しいパスワードの申請がありました。',
    button: 'パスワードを設定する',
    otherwise: 'リンクは一度だけ使えます。お心当たりがない場合は、何もする必要はありません。',
  },
  test: {
    subject: '{sitename}：メールを送信できます',
    intro: 'これはテストです。このメールが届いていれば、{sitename}の来訪者にもメールが届きます。',
  },
  calendar: '来訪：{sitename}',
};
