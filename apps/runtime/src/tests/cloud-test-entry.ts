export * from '@lathe/cloud/test'
