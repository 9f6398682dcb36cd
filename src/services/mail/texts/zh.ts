import type { MailTexts } from './en.js';

export const texts: MailTexts = {
  lang: 'zh',
  locale: 'zh-Hans',
  dir: 'ltr',
  noName: '访客 Wi-Fi',

  hello: '{fullname}，您好：',
  when: '时间：{when}',
  visit: '您的来访：{arrival}（{timezone}）',
  host: '接待人：{host}',
  desk: '地点：{desk}',
  network: 'Wi-Fi：{network}',
  devices: '设备：最多 {devices} 台',
  expires: '链接有效期至：{expires}。',
  claim: '打开已填好访问码的页面',
  picture: '此图代表您的访问码：手机相机和前台都可以读取。',

  use: {
    wifi: '用于在前台登记和连接 Wi-Fi。只有数字，空格不影响使用。',
    checkInOnly: '到达时请在前台出示。仅用于登记，不能连接 Wi-Fi。',
  },
  span: '{day} {from}–{until}',
  days: '{from} 至 {until}',
  afterCheckIn: '从在前台登记时起 {duration}。预计到达：{arrival}',
  afterFirstUse: '从首次输入时起 {duration}。最早：{from}。最晚：{until}',

  registered: {
    subject: '{sitename}：您的访问码',
    intro: '期待您来访 {sitename}。您的访问码是：',
  },
  reissued: {
    subject: '{sitename}：您的新访问码',
    intro: '这是您在 {sitename} 的新访问码，原访问码已失效。',
  },
  changed: {
    subject: '{sitename}：您的来访安排有变动',
    intro: '您在 {sitename} 的来访安排有变动，请以下面的内容为准。访问码不变：',
  },
  cancelled: {
    subject: '{sitename}：您的来访已取消',
    intro: '您在 {sitename} 的来访已取消，访问码已失效。',
    ask: '如有疑问，请联系接待人。',
  },
  arrived: {
    subject: '{fullname} 已到达',
    intro: '{fullname} 已到达 {sitename}。',
    expected: '预计到达：{arrival}（{timezone}）',
  },
  hostApproval: {
    subject: '{fullname} 请求来访',
    intro: '{fullname} 在 {sitename}，称您为接待人，并请求使用访客 Wi-Fi。',
    purpose: '来访事由：{purpose}',
    button: '同意或拒绝',
    otherwise: '页面会先请您确认。如果您不认识此人，请拒绝。',
  },
  walkInAnswer: {
    subject: '{sitename}：关于您的来访',
    declined: '接待人无法接待您。请向前台咨询。',
  },
  hostLink: {
    subject: '{sitename}：登录',
    intro: '使用此链接可以登记您在 {sitename} 的访客。链接只能使用一次。',
    button: '登录',
    otherwise: '如果不是您本人请求的，无需任何操作。',
  },
  teamLink: {
    subject: '{sitename}：您的账户',
    invitation: '您受邀使用 {sitename} 的 Foyer。请先设置密码。',
    reset: '有人为您在 {sitename} 的账户请求了新密码。',
    button: '设置密码',
    otherwise: '链接只能使用一次。如果不是您本人请求的，无需任何操作。',
  },
  test: {
    subject: '{sitename}：邮件发送正常',
    intro: '这是一封测试邮件。您能看到它，说明 {sitename} 的访客也能收到邮件。',
  },
  calendar: '来访：{sitename}',
};
