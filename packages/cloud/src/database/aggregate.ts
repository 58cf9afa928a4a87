import type { Document } from 'mongodb'

/** A pipeline, built stage by stage and run by `end()`. */
export class Aggregate {
  readonly #stages: Document[] = []
  readonly #run: (pipeline: Document[]) => Promise<Document[]>

  constructor(run: (pipeline: Document[]) => Promise<Document[]>) {
    this.#run = run
  }

  match(filter: Document): this {
    return this.stage('$match', filter)
  }
  group(expression: Document): this {
    return this.stage('$group', expression)
  }
  project(fields: Document): this {
    return this.stage('$project', fields)
  }
  addFields(fields: Document): this {
    return this.stage('$addFields', fields)
  }
  sort(order: Document): this {
    return this.stage('$sort', order)
  }
  limit(count: number): this {
    return this.stage('$limit', count)
  }
  skip(count: number): this {
    return this.stage('$skip', count)
  }
  unwind(path: string | Document): this {
    return this.stage('$unwind', path)
  }
  lookup(options: Document): this {
    return this.stage('$lookup', options)
  }
  count(name: string): this {
    return this.stage('$count', name)
  }

  /** Any other stage by its name, e.g. `stage('$sample', { size: 3 })`. */
  stage(name: string, value: unknown): this {
    this.#stages.push({ [name]: value })
    return this
  }

  async end(): Promise<{ ok: true; data: Document[] }> {
    return { ok: true, data: await this.#run(this.#stages) }
  }
}
