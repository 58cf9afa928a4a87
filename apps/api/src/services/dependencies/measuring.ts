import { measureImport } from '../../packages/measure.ts'
import type { Packages } from './packages.ts'

/** Measures what importing packages costs, after they were installed. */
export class Measuring {
  #packages: Packages
  #last: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(packages: Packages) {
    this.#packages = packages
  }

  stop(): void {
    this.#stopped = true
  }

  /** One after another, beside whatever else happens: nobody waits for it. */
  add(appid: string, names: string[]): void {
    const { mongo, bubblewrap, log } = this.#packages
    const folder = this.#packages.folder(appid)
    for (const name of names) {
      this.#last = this.#last.then(async () => {
        if (this.#stopped) return
        const doc = await mongo.dependencies.findOne({ _id: appid })
        const index = doc?.packages.findIndex((one) => one.name === name) ?? -1
        const version = doc?.packages[index]?.version
        if (!doc || version === undefined) return
        const measured = await measureImport(
          name,
          folder.generationDir(doc.generation),
          folder.root,
          bubblewrap,
        )
        if (!measured) return
        const place = `packages.${index}`
        await mongo.dependencies.updateOne(
          { _id: appid, [`${place}.name`]: name, [`${place}.version`]: version },
          {
            $set: {
              [`${place}.importMs`]: Math.round(measured.ms * 10) / 10,
              [`${place}.importBytes`]: measured.bytes,
            },
          },
        )
      })
      this.#last = this.#last.catch((error: unknown) => {
        if (!this.#stopped) log.warn({ err: error, appid, name }, 'a package was not measured')
      })
    }
  }
}
