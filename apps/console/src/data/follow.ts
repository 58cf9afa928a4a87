const RETRY_MS = [500, 1000, 2000, 5000, 10_000]

/**
 * Keeps a stream open: where it breaks it is opened again, after a wait that grows until something is heard.
 * @param open subscribes; it calls `heard` when the stream is there, and `lost` when it is to be opened again
 * @returns ends it
 */
export function follow(
  open: (on: { heard: () => void; lost: () => void }) => { unsubscribe: () => void },
): () => void {
  let closed = false
  let failures = 0
  let retry: ReturnType<typeof setTimeout> | undefined
  let stream: { unsubscribe: () => void } | undefined
  const connect = () => {
    stream = open({
      heard: () => {
        failures = 0
      },
      lost: () => {
        if (closed) return
        clearTimeout(retry)
        retry = setTimeout(connect, RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)])
      },
    })
  }
  connect()
  return () => {
    closed = true
    clearTimeout(retry)
    stream?.unsubscribe()
  }
}
