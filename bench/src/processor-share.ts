/**
 * Begins to watch how much of a core this process is given; the function that comes back tells. It works all the time,
 * so what is missing to one core was taken by others.
 */
export function startProcessorShare(): () => number {
  const start = { at: performance.now(), cpu: process.cpuUsage() }
  return () => {
    const { user, system } = process.cpuUsage(start.cpu)
    return (user + system) / 1000 / (performance.now() - start.at)
  }
}
