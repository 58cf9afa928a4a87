/** What only functions that were written for Laf 1.x look for. */

/** What `cloud.fetch` answers with. */
export interface LafResponse {
  // biome-ignore lint/suspicious/noExplicitAny: whatever was sent, parsed when it is JSON.
  data: any
  status: number
  statusText: string
  // biome-ignore lint/suspicious/noExplicitAny: header values by their names in lower case.
  headers: any
  // biome-ignore lint/suspicious/noExplicitAny: what the request was made with.
  config: any
  request?: unknown
}

/** Axios' request options: `url`, `method`, `params`, `data`, `headers`, `timeout` (ms), `responseType`, and others. */
export type LafRequest = Record<string, unknown>

/** An Axios instance; its documentation is https://axios-http.com. */
export interface LafFetch {
  (url: string, options?: LafRequest): Promise<LafResponse>
  (options: LafRequest): Promise<LafResponse>
  request(options: LafRequest): Promise<LafResponse>
  get(url: string, options?: LafRequest): Promise<LafResponse>
  delete(url: string, options?: LafRequest): Promise<LafResponse>
  head(url: string, options?: LafRequest): Promise<LafResponse>
  options(url: string, options?: LafRequest): Promise<LafResponse>
  post(url: string, data?: unknown, options?: LafRequest): Promise<LafResponse>
  put(url: string, data?: unknown, options?: LafRequest): Promise<LafResponse>
  patch(url: string, data?: unknown, options?: LafRequest): Promise<LafResponse>
  postForm(url: string, data?: unknown, options?: LafRequest): Promise<LafResponse>
  create(options?: LafRequest): LafFetch
  isAxiosError(error: unknown): boolean
  // biome-ignore lint/suspicious/noExplicitAny: Axios' own, which few functions touch.
  defaults: any
  // biome-ignore lint/suspicious/noExplicitAny: Axios' own, which few functions touch.
  interceptors: any
}

/** Laf's object storage, which Lathe has not got: whatever is asked of it throws and says so. */
export class LafStorage {
  bucket(_name: string): never {
    throw noStorage('bucket()')
  }
  getExternalS3Client(): never {
    throw noStorage('getExternalS3Client()')
  }
  getInternalS3Client(): never {
    throw noStorage('getInternalS3Client()')
  }
  get externalEndpoint(): never {
    throw noStorage('externalEndpoint')
  }
  get internalEndpoint(): never {
    throw noStorage('internalEndpoint')
  }
}

function noStorage(asked: string): Error {
  return new Error(
    `cloud.storage.${asked} cannot be had: Lathe has no object storage. Add the package @aws-sdk/client-s3 and use a bucket of your own (docs/GUIDE.md, Coming from Laf)`,
  )
}
