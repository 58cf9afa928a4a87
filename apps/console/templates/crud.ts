import cloud, { type FunctionContext } from '@lathe/cloud'

interface Note {
  _id: string
  text: string
  at: Date
}
const notes = cloud.mongo.db.collection<Note>('notes')

const refuse = (status: number, error: string) => Response.json({ error }, { status })

/** Of a body that anybody may have sent; null when it is no note. */
function textOf(ctx: FunctionContext): string | null {
  const text: unknown = ctx.body?.text
  return typeof text === 'string' && text.length > 0 && text.length <= 1000 ? text : null
}

export async function GET({ params: [id] }: FunctionContext) {
  if (id === undefined) return notes.find().sort({ at: -1 }).limit(100).toArray()
  return (await notes.findOne({ _id: id })) ?? refuse(404, 'no such note')
}

export async function POST(ctx: FunctionContext) {
  const text = textOf(ctx)
  if (text === null) return refuse(400, 'text: up to 1000 characters')
  const note = { _id: crypto.randomUUID(), text, at: new Date() }
  await notes.insertOne(note)
  return Response.json(note, { status: 201 })
}

export async function PUT(ctx: FunctionContext) {
  const [id = ''] = ctx.params
  const text = textOf(ctx)
  if (text === null) return refuse(400, 'text: up to 1000 characters')
  const { matchedCount } = await notes.updateOne({ _id: id }, { $set: { text } })
  return matchedCount === 1 ? { _id: id, text } : refuse(404, 'no such note')
}

export async function DELETE({ params: [id = ''] }: FunctionContext) {
  const { deletedCount } = await notes.deleteOne({ _id: id })
  return deletedCount === 1 ? new Response(null, { status: 204 }) : refuse(404, 'no such note')
}
