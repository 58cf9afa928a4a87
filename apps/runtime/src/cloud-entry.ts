export * from '@lathe/cloud'
export { default } from '@lathe/cloud'
