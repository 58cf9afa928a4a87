export const signIn = {
  'account.menu': 'Account',
  'account.signOut': 'Sign out',
  'account.title': 'Account',
  'signIn.busy': 'Too many wrong attempts. Try again in {minutes|one minute|# minutes}.',
  'signIn.email': 'Email',
  'signIn.password': 'Password',
  'signIn.submit': 'Sign in',
  'signIn.text': 'Write a function, publish it, see it answer.',
  'signIn.title': 'Sign in',
  'signIn.wrong': 'Email or password is wrong.',
} as const
