import 'node:module'
import { defineConfig } from 'rolldown'

/**
 * The one way a Node program of ours is bundled: ES modules for Node 26 with source maps, our own
 * packages inlined, `node:` left alone. npm packages stay external unless `selfContained`.
 */
function nodeBundle(input, { selfContained = false } = {}) {
  return defineConfig({
    input,
    platform: 'node',
    ...(selfContained
      ? {}
      : { external: (id) => /^(?!@lathe\/)[@a-z]/i.test(id) && !id.startsWith('node:') }),
    output: {
      dir: 'dist',
      format: 'esm',
      sourcemap: true,
      cleanDir: true,
      entryFileNames: '[name].js',
      chunkFileNames: 'chunk-[hash].js',
    },
  })
}
var rolldown_config_default = nodeBundle({ main: 'src/main.ts' })

export { rolldown_config_default as default }

//# sourceMappingURL=data:application/json;charset=utf-8;base64,eyJ2ZXJzaW9uIjozLCJmaWxlIjoicm9sbGRvd24uY29uZmlnLjEuM2MyNmZkY2FkNmQwMTdkYi5qcyIsIm5hbWVzIjpbImluamVjdGVkX29yaWdpbmFsX2Rpcm5hbWUiLCJpbmplY3RlZF9vcmlnaW5hbF9maWxlbmFtZSIsImluamVjdGVkX29yaWdpbmFsX2ltcG9ydF9tZXRhX3VybCJdLCJzb3VyY2VzIjpbIi4uLy4uL3NjcmlwdHMvbm9kZS1idW5kbGUudHMiLCJyb2xsZG93bi5jb25maWcudHMiXSwic291cmNlc0NvbnRlbnQiOlsiaW1wb3J0IHsgZGVmaW5lQ29uZmlnIH0gZnJvbSAncm9sbGRvd24nXG5cbi8qKlxuICogVGhlIG9uZSB3YXkgYSBOb2RlIHByb2dyYW0gb2Ygb3VycyBpcyBidW5kbGVkOiBFUyBtb2R1bGVzIGZvciBOb2RlIDI2IHdpdGggc291cmNlIG1hcHMsIG91ciBvd25cbiAqIHBhY2thZ2VzIGlubGluZWQsIGBub2RlOmAgbGVmdCBhbG9uZS4gbnBtIHBhY2thZ2VzIHN0YXkgZXh0ZXJuYWwgdW5sZXNzIGBzZWxmQ29udGFpbmVkYC5cbiAqL1xuZXhwb3J0IGZ1bmN0aW9uIG5vZGVCdW5kbGUoaW5wdXQ6IFJlY29yZDxzdHJpbmcsIHN0cmluZz4sIHsgc2VsZkNvbnRhaW5lZCA9IGZhbHNlIH0gPSB7fSkge1xuICByZXR1cm4gZGVmaW5lQ29uZmlnKHtcbiAgICBpbnB1dCxcbiAgICBwbGF0Zm9ybTogJ25vZGUnLFxuICAgIC4uLihzZWxmQ29udGFpbmVkXG4gICAgICA/IHt9XG4gICAgICA6IHsgZXh0ZXJuYWw6IChpZDogc3RyaW5nKSA9PiAvXig/IUBsYXRoZVxcLylbQGEtel0vaS50ZXN0KGlkKSAmJiAhaWQuc3RhcnRzV2l0aCgnbm9kZTonKSB9KSxcbiAgICBvdXRwdXQ6IHtcbiAgICAgIGRpcjogJ2Rpc3QnLFxuICAgICAgZm9ybWF0OiAnZXNtJyxcbiAgICAgIHNvdXJjZW1hcDogdHJ1ZSxcbiAgICAgIGNsZWFuRGlyOiB0cnVlLFxuICAgICAgZW50cnlGaWxlTmFtZXM6ICdbbmFtZV0uanMnLFxuICAgICAgY2h1bmtGaWxlTmFtZXM6ICdjaHVuay1baGFzaF0uanMnLFxuICAgIH0sXG4gIH0pXG59XG4iLCJpbXBvcnQgeyBub2RlQnVuZGxlIH0gZnJvbSAnLi4vLi4vc2NyaXB0cy9ub2RlLWJ1bmRsZS50cydcblxuZXhwb3J0IGRlZmF1bHQgbm9kZUJ1bmRsZSh7IG1haW46ICdzcmMvbWFpbi50cycgfSlcbiJdLCJtYXBwaW5ncyI6Ijs7Ozs7O0FBTUEsU0FBZ0IsV0FBVyxPQUErQixFQUFFLGdCQUFnQixVQUFVLENBQUMsR0FBRztDQUN4RixPQUFPLGFBQWE7RUFDbEI7RUFDQSxVQUFVO0VBQ1YsR0FBSSxnQkFDQSxDQUFDLElBQ0QsRUFBRSxXQUFXLE9BQWUsdUJBQXVCLEtBQUssRUFBRSxLQUFLLENBQUMsR0FBRyxXQUFXLE9BQU8sRUFBRTtFQUMzRixRQUFRO0dBQ04sS0FBSztHQUNMLFFBQVE7R0FDUixXQUFXO0dBQ1gsVUFBVTtHQUNWLGdCQUFnQjtHQUNoQixnQkFBZ0I7RUFDbEI7Q0FDRixDQUFDO0FBQ0g7QUNwQkEsSUFBQSwwQkFBZSxXQUFXLEVBQUUsTUFBTSxjQUFjLENBQUMifQ==
