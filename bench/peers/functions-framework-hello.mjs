// The function that Google's functions-framework serves.
export function hello(_request, response) {
  response.json({ hello: 'world' })
}
