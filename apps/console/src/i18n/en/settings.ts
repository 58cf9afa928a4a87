export const settings = {
  'settings.about': 'About',
  'settings.aboutText': 'What other programs know this app by.',
  'settings.address': 'Address',
  'settings.appid': 'App id',
  'settings.copyAppid': 'Copy app id',
  'settings.created': 'Created',
  'settings.danger': 'Delete',
  'settings.dangerText': 'Takes the functions, their history and the database with it.',
  'settings.delete': 'Delete app',
  'settings.deleteConfirm': 'Type {name} to confirm',
  'settings.deleteText':
    'This removes {n|one function|# functions}, their history and the app’s database for good.',
  'settings.deleteTitle': 'Delete {name}?',
  'settings.name': 'Name',
  'settings.nameText': 'Only people see it; the address stays.',
  'settings.replicas': '{live} of {total} runtimes live',
  'settings.state': 'Runtime',
  'settings.stateText':
    'A stopped app answers 503. One that nobody uses goes to sleep, and wakes with the next request or run.',
  'settings.title': 'Settings',

  'settings.typeCheck': 'Type errors',
  'settings.typeCheckText':
    'What the console does when TypeScript finds errors in what is to be published. Programs that publish through the API are not asked.',
  'settings.typeCheckOff': 'Do not look',
  'settings.typeCheckWarn': 'List them',
  'settings.typeCheckRefuse': 'Refuse to publish',
} as const
