import { permissions } from '@lathe/shared'
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { openapiDocument } from '../src/http/openapi-routes.ts'

test('the API describes itself as valid OpenAPI, every procedure with its input and who may call it', async () => {
  // As it is sent: what JSON leaves out is not in it.
  const document = JSON.parse(JSON.stringify(openapiDocument()))
  const validator = new Validator()
  const { valid, errors } = await validator.validate(document)
  expect(errors).toBeUndefined()
  expect(valid).toBe(true)
  expect(validator.version).toBe('3.1')
  const names = Object.keys(permissions).filter((name) => !name.includes(' '))
  expect(Object.keys(document.paths).sort()).toEqual(names.map((name) => `/trpc/${name}`).sort())
  const create = document.paths['/trpc/apps.create'].post
  expect(create.requestBody.content['application/json'].schema).toMatchObject({
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string', minLength: 1, maxLength: 64 } },
  })
  expect(create.description).toBe('Takes the role developer or above in the team.')
  expect(document.paths['/trpc/setup.complete'].post.security).toEqual([])
})
