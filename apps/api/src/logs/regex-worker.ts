import { parentPort, workerData } from 'node:worker_threads'

const { pattern, flags } = workerData as { pattern: string; flags: string }
const expression = new RegExp(pattern, flags)

parentPort?.on('message', (texts: string[]) => {
  const hits: number[] = []
  for (const [index, text] of texts.entries()) if (expression.test(text)) hits.push(index)
  parentPort?.postMessage(hits)
})
