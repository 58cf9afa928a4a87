"""What a Python program does with a MongoDB, done with the embedded database. Usage: pymongo-check.py URL"""
import datetime
import sys

import gridfs
import pymongo
from bson import Decimal128, Int64, ObjectId, Regex
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure

client = pymongo.MongoClient(sys.argv[1], replicaSet='lathe')
db = client['python']
c = db['c']
print('pymongo', pymongo.version, 'server', client.server_info()['version'])

c.insert_many([{'_id': i, 'n': i, 'tags': [i % 3], 'at': datetime.datetime(2026, 1, 1 + i % 28)} for i in range(500)])
c.create_index([('n', pymongo.DESCENDING)], unique=True)
try:
    c.insert_one({'n': 5})
    raise AssertionError('a duplicate was stored')
except DuplicateKeyError as error:
    assert error.details['keyPattern'] == {'n': -1}
assert c.count_documents({'tags': 1}) == 167
assert [d['_id'] for d in c.find({'n': {'$gt': 490}}).sort('n', 1).limit(3)] == [491, 492, 493]
assert c.update_many({'tags': 0}, {'$push': {'tags': 9}, '$set': {'big': Int64(2**40)}}).modified_count == 167
assert c.find_one_and_update({'_id': 0}, {'$inc': {'big': 1}}, return_document=True)['big'] == 2**40 + 1
assert sorted(c.distinct('tags')) == [0, 1, 2, 9]
groups = list(c.aggregate([{'$unwind': '$tags'}, {'$group': {'_id': '$tags', 'n': {'$sum': 1}}}, {'$sort': {'_id': 1}}]))
assert [g['n'] for g in groups] == [167, 167, 166, 167], groups
assert c.replace_one({'_id': 'r'}, {'d': Decimal128('1.10'), 're': Regex('^a', 'i'), 'id': ObjectId()}, upsert=True).upserted_id == 'r'
assert str(c.find_one({'_id': 'r'})['d']) == '1.10'
try:
    c.bulk_write([pymongo.InsertOne({'_id': 0}), pymongo.DeleteOne({'_id': 1}), pymongo.UpdateOne({'_id': 2}, {'$set': {'x': 1}})], ordered=False)
    raise AssertionError('a duplicate was stored')
except BulkWriteError as error:
    assert error.details['nRemoved'] == 1 and error.details['nModified'] == 1

with client.start_session() as session:
    session.with_transaction(lambda s: (c.insert_one({'_id': 't', 'n': -1}, session=s), c.delete_one({'_id': 2}, session=s)))
assert c.count_documents({'_id': {'$in': ['t', 2]}}) == 1

with c.watch(full_document='updateLookup') as stream:
    c.update_one({'_id': 3}, {'$set': {'seen': True}})
    event = stream.next()
    assert event['operationType'] == 'update' and event['fullDocument']['seen'] is True

files = gridfs.GridFSBucket(db)
content = bytes(range(256)) * 3000
assert files.open_download_stream(files.upload_from_stream('a.bin', content)).read() == content

capped = db.create_collection('log', capped=True, size=10000)
capped.insert_one({'n': 1})
tail = capped.find(cursor_type=pymongo.CursorType.TAILABLE_AWAIT)
assert tail.next()['n'] == 1
capped.insert_one({'n': 2})
assert tail.next()['n'] == 2

assert db.validate_collection('c')['valid']
assert c.find({'n': 5}).explain()['queryPlanner']['winningPlan']
try:
    db.command('mapReduce', 'c', map='x', reduce='y', out='z')
    raise AssertionError('mapReduce was not refused')
except OperationFailure as error:
    assert error.code == 238, error
client.drop_database('python')
assert 'python' not in client.list_database_names()
