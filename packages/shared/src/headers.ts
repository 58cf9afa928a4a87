/** Headers that only Lathe's own parts may set; the gateway strips them from outside requests. */
export const RUN_TOKEN_HEADER = 'x-lathe-run'
export const REQUEST_ID_HEADER = 'x-request-id'
