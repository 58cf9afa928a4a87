/* global db, print, ISODate, NumberLong, version */
// What a person does in mongosh, done with the embedded database.
const assert = require('node:assert')

print(`mongosh ${version()} server ${db.version()}`)
const d = db.getSiblingDB('shell')
d.c.insertMany(
  [...Array(50).keys()].map((n) => ({ _id: n, n, at: ISODate('2026-01-01'), big: NumberLong(String(n)) })),
)
assert.strictEqual(
  d.c
    .find({ n: { $gte: 10 } })
    .sort({ n: -1 })
    .limit(5)
    .toArray()[0]._id,
  49,
)
assert.strictEqual(d.c.createIndex({ n: 1 }), 'n_1')
assert.strictEqual(d.c.getIndexes().length, 2)
assert.strictEqual(d.c.updateMany({ n: { $lt: 5 } }, { $set: { few: true } }).modifiedCount, 5)
assert.deepEqual(d.c.aggregate([{ $match: { few: true } }, { $count: 'n' }]).toArray(), [{ n: 5 }])
assert.strictEqual(d.c.find({ n: 3 }).explain('executionStats').executionStats.totalDocsExamined, 1)
assert.strictEqual(d.c.countDocuments(), 50)
assert.ok(d.stats().objects >= 50)
assert.ok(d.c.stats().count === 50)
assert.deepEqual(d.getCollectionNames(), ['c'])
assert.ok(db.adminCommand({ listDatabases: 1 }).databases.some((x) => x.name === 'shell'))
assert.ok(d.c.validate().valid)
assert.ok(db.hello().isWritablePrimary)
assert.ok(db.serverStatus().uptime >= 0)
const session = db.getMongo().startSession()
session.startTransaction()
session.getDatabase('shell').c.deleteMany({})
session.abortTransaction()
session.endSession()
assert.strictEqual(d.c.countDocuments(), 50)
d.createUser({ user: 'reader', pwd: 'x', roles: ['read'] })
assert.strictEqual(d.getUsers().users.length, 1)
d.dropUser('reader')
let refusal = ''
try {
  d.createView('v', 'c', [])
} catch (error) {
  refusal = error.message
}
assert.match(refusal, /not supported by Lathe's embedded database/)
d.dropDatabase()
print('every check passed')
