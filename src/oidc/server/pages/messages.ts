/**
 * Every text of the pages. `{names}` in braces are filled in: `{client}`, `{account}`, `{brand}`, `{host}`, `{scope}`
 * and `{id}`, where the comment names them.
 */
export interface Messages {
  /** The language of these texts, as in HTML's `lang`. */
  readonly lang: string
  readonly dir: 'ltr' | 'rtl'
  /** Beside links that open elsewhere, for screen readers. */
  readonly opensInNewTab: string

  readonly signInTitle: string
  /** `{client}` */
  readonly signInLead: string
  /** Where no client asks: the person came to connect a device. */
  readonly signInDeviceLead: string
  readonly username: string
  readonly password: string
  readonly signIn: string
  readonly cancel: string
  readonly missingCredentials: string
  /** Must not tell which of the two was wrong: that would tell which accounts exist. */
  readonly wrongCredentials: string
  readonly tooManySignIns: string

  /** `{client}` */
  readonly consentTitle: string
  /** `{account}` */
  readonly signedInAs: string
  readonly useAnotherAccount: string
  /** `{client}` */
  readonly consentLead: string
  /** What each scope means, in plain words. */
  readonly scopes: Readonly<Record<string, string>>
  /** `{scope}`: for scopes without words of their own. */
  readonly otherScope: string
  /** Where a client asks for no scope at all. */
  readonly noScope: string
  /** `{host}` */
  readonly redirectNotice: string
  /** `{host}`: for redirects that stay on the person's device. */
  readonly deviceRedirectNotice: string
  readonly allow: string
  readonly deny: string
  readonly privacyPolicy: string
  readonly termsOfService: string

  readonly deviceTitle: string
  readonly deviceLead: string
  readonly deviceCode: string
  readonly deviceContinue: string
  /** The same for codes that never were, that have expired and that were used. */
  readonly wrongDeviceCode: string
  readonly tooManyDeviceCodes: string
  /** `{client}` */
  readonly deviceConsentTitle: string
  readonly deviceCompare: string
  /** Who enters a code that somebody sent them lets a stranger in. */
  readonly deviceWarning: string
  readonly deviceConnectedTitle: string
  readonly deviceConnectedText: string
  readonly deviceRefusedTitle: string
  readonly deviceRefusedText: string
  readonly deviceExpiredTitle: string
  readonly deviceExpiredText: string

  readonly finishedTitle: string
  readonly finishedText: string
  readonly expiredTitle: string
  readonly expiredText: string
  readonly brokenTitle: string
  readonly brokenText: string
  readonly forbiddenTitle: string
  readonly forbiddenText: string
  readonly errorTitle: string
  readonly errorText: string
  /** For errors that are ours. */
  readonly failureTitle: string
  readonly failureText: string
  /** `{id}`: what the person may quote to the operator. */
  readonly errorReference: string

  readonly signOutTitle: string
  /** `{account}`, `{brand}` */
  readonly signOutText: string
  /** `{client}` */
  readonly signOutRequestedText: string
  readonly signOutUnnamedText: string
  readonly signOut: string
  readonly staySignedIn: string
  readonly signedOutTitle: string
  readonly signedOutText: string
  /** `{client}` */
  readonly returnTo: string
  readonly badReturnTitle: string
  readonly badReturnText: string
  readonly badHintTitle: string
  readonly badHintText: string
  readonly signOutAnyway: string
}

/** What a user overrides: any of the texts, and single scopes. */
export type MessageOverrides = Partial<Omit<Messages, 'scopes'>> & {
  readonly scopes?: Readonly<Record<string, string>>
}

const ENGLISH: Messages = {
  lang: 'en',
  dir: 'ltr',
  opensInNewTab: '(opens in a new tab)',

  signInTitle: 'Sign in',
  signInLead: 'to continue to {client}',
  signInDeviceLead: 'to connect a device',
  username: 'Username',
  password: 'Password',
  signIn: 'Sign in',
  cancel: 'Cancel',
  missingCredentials: 'Enter your username and your password.',
  wrongCredentials: 'The username or the password is incorrect. Check both and try again.',
  tooManySignIns: 'There were too many attempts to sign in. Wait some minutes before you try again.',

  consentTitle: '{client} wants to access your account',
  signedInAs: 'Signed in as {account}',
  useAnotherAccount: 'Use another account',
  consentLead: 'If you allow it, {client} can:',
  scopes: {
    openid: 'Know who you are when you sign in',
    profile: 'See your profile, such as your name and picture',
    email: 'See your email address',
    address: 'See your postal address',
    phone: 'See your phone number',
    offline_access: 'Keep this access while you are not using it',
  },
  otherScope: 'Use the permission “{scope}”',
  noScope: 'Have basic access to your account',
  redirectNotice: 'You will go to {host} next.',
  deviceRedirectNotice: 'You will go back to an app on this device ({host}) next.',
  allow: 'Allow',
  deny: 'Deny',
  privacyPolicy: 'Privacy policy',
  termsOfService: 'Terms of service',

  deviceTitle: 'Connect a device',
  deviceLead: 'Enter the code that your device shows.',
  deviceCode: 'Code',
  deviceContinue: 'Continue',
  wrongDeviceCode: 'There is no device with this code, or its time is over. Compare it with your device and try again.',
  tooManyDeviceCodes: 'Too many codes were tried. Wait some minutes before you try again.',
  deviceConsentTitle: 'Connect {client} to your account?',
  deviceCompare: 'Your device must show this code:',
  deviceWarning:
    'Allow this only if the device is yours and in front of you. If somebody sent you the code or the link, they want to get into your account: deny it.',
  deviceConnectedTitle: 'Your device is connected',
  deviceConnectedText: 'Go back to it: it goes on by itself. You can close this page.',
  deviceRefusedTitle: 'The device is not connected',
  deviceRefusedText: 'It got no access to your account. You can close this page.',
  deviceExpiredTitle: 'The code has expired',
  deviceExpiredText: 'Ask your device for a new one and start again.',

  finishedTitle: 'This step is already done',
  finishedText: 'This page has been used. If you still want to sign in, go back to the application and start again.',
  expiredTitle: 'This page has expired',
  expiredText: 'It was open for too long. Go back to the application and start again.',
  brokenTitle: 'This link does not work',
  brokenText: 'It may be incomplete. Go back to the application and start again.',
  forbiddenTitle: 'We could not verify your request',
  forbiddenText:
    'It did not come from a page of this site that is open in this browser. Make sure that cookies are allowed, go back, reload the page and try again.',
  errorTitle: 'This request cannot be completed',
  errorText: 'The application sent you here with a request that we cannot answer. Nothing was shared with it.',
  failureTitle: 'Something went wrong on our side',
  failureText: 'Try again in a moment. If it happens again, tell us the reference below.',
  errorReference: 'Reference: {id}',

  signOutTitle: 'Do you want to sign out?',
  signOutText: 'You are signed in to {brand} as {account}.',
  signOutRequestedText: '{client} asks to sign you out.',
  signOutUnnamedText:
    'An application asks to sign you out, but did not prove which one it is. You will not be sent back to it.',
  signOut: 'Sign out',
  staySignedIn: 'To stay signed in, close this page.',
  signedOutTitle: 'You are signed out',
  signedOutText: 'You can close this page.',
  returnTo: 'Return to {client}',
  badReturnTitle: 'We cannot send you back to that address',
  badReturnText:
    'The application wants you to return to an address that is not registered for it. You were not signed out.',
  badHintTitle: 'The sign-out request could not be verified',
  badHintText: 'It does not fit a sign-in at this site. You were not signed out.',
  signOutAnyway: 'Sign out anyway',
}

/** The texts of the pages: English, with what is overridden. */
export function createMessages(overrides: MessageOverrides = {}): Messages {
  return { ...ENGLISH, ...overrides, scopes: { ...ENGLISH.scopes, ...overrides.scopes } }
}
