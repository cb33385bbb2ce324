import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

/** Whether processes can be given a core each: Linux, with `taskset`, and more than one core to give. */
export const canPin: boolean =
  availableParallelism() > 1 && spawnSync('taskset', ['--cpu-list', '0-1', 'true']).status === 0

/** Starts a module of this folder in a process of its own, on that core where it can be chosen. */
export function startPinned(module: string, core: 0 | 1, ...parameters: string[]): ChildProcess {
  const script = fileURLToPath(new URL(module, import.meta.url))
  const [command, before] = canPin
    ? ['taskset', ['--cpu-list', String(core), process.execPath]]
    : [process.execPath, []]
  return spawn(command, [...before, script, ...parameters], {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}

/** The next message of a process, or an error where it ends instead. */
export function nextMessage<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`${child.spawnargs.at(-1)} ended with ${code}`))
    child.once('exit', onExit).once('error', reject)
    child.once('message', (message) => {
      child.off('exit', onExit).off('error', reject)
      resolve(message as T)
    })
  })
}
