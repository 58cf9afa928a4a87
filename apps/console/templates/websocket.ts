import cloud, { type WebSocketContext } from '@lathe/cloud'

/** Hears every event of the app's WebSocket connections, under the name __websocket__. A chat for all who are connected. */
export default function ({ method, params, socket }: WebSocketContext) {
  if (method === 'WebSocket:connection') socket.send(JSON.stringify({ connected: cloud.sockets.size }))
  if (method !== 'WebSocket:message') return
  for (const other of cloud.sockets) {
    if (other !== socket) other.send(String(params.data))
  }
}
