import type { Packages } from './packages.ts'

/** Puts the previous set back, if a change was taking over from it. */
export async function revert({ mongo, folders }: Packages, appid: string): Promise<void> {
  await folders.run(appid, async () => {
    const doc = await mongo.dependencies.findOne({ _id: appid })
    if (!doc?.previous) return
    await mongo.dependencies.updateOne(
      { _id: appid, version: doc.version },
      { $set: { ...doc.previous, previous: null }, $inc: { version: 1 } },
    )
  })
}

/** Removes generations and packages of an app that neither its set nor one of its runtimes needs. */
export async function collect(packages: Packages, appid: string): Promise<void> {
  const { mongo, folders } = packages
  await folders.run(appid, async () => {
    const doc = await mongo.dependencies.findOne({ _id: appid })
    if (!doc) return
    const runtimes = await mongo.runtimes.find({ appid }, { projection: { generation: 1 } }).toArray()
    const keep = new Set([doc.generation, ...runtimes.flatMap(({ generation }) => generation ?? [])])
    if (doc.previous) keep.add(doc.previous.generation)
    await packages.folder(appid).collect(keep)
  })
}
