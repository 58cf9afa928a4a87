// The collection that peers read from, through the driver that Lathe's functions use.
import { MongoClient } from 'mongodb'

const things = new MongoClient(process.env.BENCH_MONGODB_URL!)
  .db('bench')
  .collection<{ _id: string; n: number }>('things')

export function readThing() {
  return things.findOne({ _id: 'one' })
}
