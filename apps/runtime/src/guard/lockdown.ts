import inspector from 'node:inspector'
import inspectorPromises from 'node:inspector/promises'
import nodeModule, { syncBuiltinESMExports } from 'node:module'
import os from 'node:os'
import v8 from 'node:v8'

function closed(name: string) {
  // No arrow function: classes are closed, too, and `new` should say the same.
  return function unavailable() {
    throw new Error(`${name} is not available to functions`)
  }
}

function close(target: object, owner: string, names: readonly string[]): void {
  for (const name of names) {
    if (name in target) {
      Object.defineProperty(target, name, {
        value: closed(`${owner}.${name}`),
        // Packages wrap some of these (graceful-fs `chdir`, signal-exit `reallyExit`): they wrap what is closed.
        writable: true,
        configurable: false,
      })
    }
  }
}

/**
 * Takes from the app's code what could end the process, attach a debugger to it or get around Node's permission model.
 * Runs after the keeper has started and before any of the app's code. It keeps honest code from breaking its
 * neighbours; the walls against hostile code are the permission model and the operating system's.
 */
export function lockDown(): void {
  close(process, 'process', [
    'exit',
    'reallyExit',
    '_kill',
    'kill',
    'abort',
    // Native addons are loaded by it, where the app is allowed them.
    ...(process.permission?.has('addon') ? [] : ['dlopen']),
    'binding',
    '_linkedBinding',
    '_debugProcess',
    '_debugEnd',
    'chdir',
    'setUncaughtExceptionCaptureCallback',
    'loadEnvFile',
    'execve',
    'setuid',
    'seteuid',
    'setgid',
    'setegid',
    'setgroups',
    'initgroups',
  ])
  const { umask } = process
  const readOnlyUmask = (...args: [] | [mask: string | number]) =>
    args.length === 0 || args[0] === undefined ? umask() : closed('process.umask(mask)')()
  Object.defineProperty(process, 'umask', { value: readOnlyUmask, writable: true, configurable: false })
  close(os, 'os', ['setPriority'])
  close(inspector, 'inspector', ['Session', 'open', 'close', 'url', 'waitForDebugger'])
  close(inspectorPromises, 'inspector', ['Session', 'open', 'close', 'url', 'waitForDebugger'])
  close(nodeModule, 'module', ['register', 'registerHooks', 'enableCompileCache'])
  close(v8, 'v8', ['setFlagsFromString', 'setHeapSnapshotNearHeapLimit', 'startupSnapshot'])
  syncBuiltinESMExports()
  // Natively closed: not even a way around the functions above makes another thread.
  process.permission?.drop?.('worker')
}

/**
 * Keeps listeners of ours on `process` through `removeAllListeners` and `off` of the app's code.
 * @param own listeners by event name
 */
export function keepListeners(own: Readonly<Record<string, (...args: never[]) => void>>): void {
  for (const [event, listener] of Object.entries(own)) process.on(event, listener as () => void)
  const { removeAllListeners, removeListener } = process
  const restore = () => {
    for (const [event, listener] of Object.entries(own)) {
      if (!process.listeners(event as 'exit').includes(listener as () => void)) {
        process.on(event, listener as () => void)
      }
    }
  }
  process.removeAllListeners = (event?: string | symbol) => {
    if (event === undefined) removeAllListeners.call(process)
    else removeAllListeners.call(process, event)
    restore()
    return process
  }
  const remove = (event: string | symbol, listener: (...args: unknown[]) => void) => {
    removeListener.call(process, event, listener)
    restore()
    return process
  }
  process.removeListener = remove as typeof process.removeListener
  process.off = remove as typeof process.off
}
