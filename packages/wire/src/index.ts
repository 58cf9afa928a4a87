export { type Answer, decodeAnswer, decodeRequest, encodeRequest, type Request } from './messages.ts'
export {
  CREDIT_BATCH,
  FRAMES_PATH,
  FRAMES_PROTOCOL,
  FRAMES_WINDOW,
  Frame,
  MAX_OVERDRAFT,
  MAX_PAYLOAD,
  MAX_STREAM,
} from './protocol.ts'
export { FrameReader } from './reader.ts'
export { FrameWriter } from './writer.ts'
