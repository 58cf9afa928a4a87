/** Whether a body is a form that may bring files. */
export function isMultipart(contentType: string): boolean {
  return /^multipart\/form-data\s*;/i.test(contentType)
}
