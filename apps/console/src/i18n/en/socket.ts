export const socket = {
  'socket.closed': 'Closed: {code} {reason}',
  'socket.connect': 'Connect',
  'socket.disconnect': 'Disconnect',
  'socket.hint':
    'Connects to what is live, as a visitor does. The connection closes when you leave this function.',
  'socket.message': 'Message',
  'socket.messages': 'Messages',
  'socket.notLive': 'Publish the function first: connections go to what is live.',
  'socket.opened': 'Connected',
  'socket.path': 'Path',
  'socket.received': 'Received',
  'socket.refused': 'the connection broke, or was refused',
  'socket.send': 'Send',
  'socket.sent': 'Sent',
} as const
