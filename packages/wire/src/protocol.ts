/**
 * The framing that gateway and runtime speak instead of HTTP/1.1: one connection carries many requests at once, each
 * a stream with a number of its own, counted up by the gateway from 1. It begins as an HTTP/1.1 upgrade
 * (`GET FRAMES_PATH`, `Upgrade: FRAMES_PROTOCOL`, answered by 101), and from then on both sides send frames:
 *
 *     payload length, 3 bytes | type, 1 byte | stream, 4 bytes | payload        (numbers are little-endian)
 *
 * A stream's request is one REQUEST, then its body as DATA and END unless the REQUEST says that it has none. Its answer
 * is one ANSWER, which holds it whole; or, for everything else, DATA frames that hold the answer's bytes in HTTP/1.1
 * (interim answers, chunked coding and trailers as they are), then END. RESET from either side gives a stream up.
 *
 * A sender of DATA begins with FRAMES_WINDOW bytes of credit in each stream and stops when it is used up; what it has in
 * its hands then may overdraw it by MAX_OVERDRAFT. CREDIT adds to it when the receiver has passed bytes on. GOAWAY, from a runtime that is going to end,
 * names the last stream that it takes: what is above was not looked at and may be sent elsewhere.
 *
 * Whoever breaks these rules, or a limit, has its connection closed. Frames for a stream that is over are no breach,
 * since they may have crossed.
 */
export const FRAMES_PROTOCOL = 'lathe-frames/1'
/** The target of the upgrade. */
export const FRAMES_PATH = '/.lathe/frames'

export const Frame = {
  REQUEST: 1,
  DATA: 2,
  END: 3,
  RESET: 4,
  CREDIT: 5,
  ANSWER: 6,
  GOAWAY: 7,
} as const

export const HEADER_BYTES = 8
/** With its header a frame fits into one buffer of 64 KiB. */
export const MAX_PAYLOAD = 64 * 1024 - HEADER_BYTES
/** After this stream a connection takes no more. */
export const MAX_STREAM = 2 ** 31 - 1
/** Bytes of DATA that may be under way in each direction of a stream without CREDIT for them. */
export const FRAMES_WINDOW = 256 * 1024
/** How far a sender may go beyond its credit. */
export const MAX_OVERDRAFT = 256 * 1024
/** CREDIT is given in portions of at least so many bytes, as long as the other side has some left. */
export const CREDIT_BATCH = 64 * 1024

/** The exact length of payloads that have one. */
export const FIXED_LENGTH: Readonly<Record<number, number>> = {
  [Frame.END]: 0,
  [Frame.RESET]: 0,
  [Frame.CREDIT]: 4,
  [Frame.GOAWAY]: 4,
}
